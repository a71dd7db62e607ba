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
}
