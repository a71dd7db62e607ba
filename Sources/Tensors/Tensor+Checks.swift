import Basics

extension Tensor {
    /// Checks at the edge, where data come in, that the shape is the expected one; `nil` stands for any size.
    ///
    ///     try actions.requireShape([nil, horizon, 2], "actions of the rollout")
    ///
    /// - Throws: `ForesightError` (data) with both shapes and the meaning.
    public func requireShape(_ expected: [Int?], _ meaning: String) throws {
        let actual = shape
        let fits =
            actual.count == expected.count
            && zip(actual, expected).allSatisfy { size, wanted in size == wanted ?? size }
        guard !fits else { return }
        let wanted = expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
        throw ForesightError.data("\(meaning): the shape is \(actual), expected [\(wanted)]")
    }

    /// Checks at the edge that the tensor has the expected type.
    ///
    /// - Throws: `ForesightError` (data) with both types and the meaning.
    public func requireDType(_ expected: DType, _ meaning: String) throws {
        guard dtype != expected else { return }
        throw ForesightError.data("\(meaning): the elements are \(dtype), expected \(expected)")
    }

    /// Checks at the edge that no element is infinite or NaN.
    ///
    /// - Throws: `ForesightError` (data) with the number of such elements and the place of the first.
    public func requireFinite(_ meaning: String) throws {
        let isBad = isfinite().logicalNot()
        guard isBad.any().item() != 0 else { return }
        let places = isBad.nonzero()
        let first = rank == 0 ? "" : ", the first at \(places[0].int64s())"
        throw ForesightError.data("\(meaning): \(max(places.shape[0], 1)) of \(count) elements are not finite\(first)")
    }
}
