import WorldModels

/// The latest pictures that an encoder looks back on, one a row.
struct PictureHistory {
    private let block: Int
    private let capacity: Int
    private var seen: [[UInt8]] = []

    /// Remembers as many rows as a model's encoder reaches back.
    init(_ architecture: ImageArchitecture) {
        block = architecture.block
        capacity = (architecture.stack - 1) * architecture.block + 1
    }

    /// Forgets all.
    mutating func forget() { seen = [] }

    /// Takes the picture of the next row.
    mutating func add(_ picture: [UInt8]) {
        seen.append(picture)
        if seen.count > capacity { seen.removeFirst() }
    }

    /// Those a step of the model apart, the latest last.
    func stacked() -> [[UInt8]] {
        let last = seen.count - 1
        return stride(from: last % block, through: last, by: block).map { seen[$0] }
    }
}
