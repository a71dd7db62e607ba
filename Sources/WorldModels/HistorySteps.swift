import Episodes

extension ModelDescription {
    /// The most steps that a state is made from: as far as a record is kept where the window begins in a gap.
    public var mostHistory: Int { 2 * window }

    /// How many steps of a record a state is made from.
    ///
    /// The window, or where an output is missing at its first step as many more as it takes to begin where all are measured: the
    /// first gains of an encoder set the state, later ones only correct it, so that what is missing there is a guess for as long
    /// as it takes these to find it.
    ///
    /// - Parameters:
    ///   - known: The steps that are known, the present among them.
    ///   - isMeasured: Whether all outputs are there so many steps before the present.
    /// - Returns: At most `mostHistory`; the window where no step before it has all outputs.
    public func historySteps(known: Int, isMeasured: (_ back: Int) -> Bool) -> Int {
        let usual = min(window, known)
        guard usual > 0, !isMeasured(usual - 1), usual < known else { return usual }
        return (usual..<min(known, mostHistory)).first(where: isMeasured).map { $0 + 1 } ?? usual
    }

    /// What is to be said of outputs that are missing where a history begins, one sentence for each.
    ///
    /// - Parameter gaps: Each output with the steps of the history in which it was measured, and all of these.
    /// - Returns: The sentences.
    public func gapWords(_ gaps: [(output: Int, measured: Int, steps: Int)]) -> [String] {
        gaps.map { gap in
            let steps = gap.steps == 1 ? "1 step" : "\(gap.steps) steps"
            return "\(outputs[gap.output].name) was measured in \(gap.measured) of the last \(steps) and is "
                + "missing where the history begins: what is predicted of it is less sure than its bands say"
        }
    }
}
