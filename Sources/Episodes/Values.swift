/// Samples in physical units, row-major `[row, channel]`, `NaN` where missing.
///
/// What comes from logs and goes to people, goals and guardrails. Only a `Normalizer` turns it into what networks see.
public struct PhysicalValues: Sendable, Equatable {
    /// The samples.
    public var values: [Double]
    /// The number of channels.
    public let channelCount: Int

    /// Creates samples `[row, channel]`.
    public init(_ values: [Double], channelCount: Int) {
        precondition(channelCount > 0 && values.count % channelCount == 0, "ragged values")
        self.values = values
        self.channelCount = channelCount
    }

    /// The number of rows.
    public var count: Int { values.count / channelCount }

    /// One sample.
    public subscript(row: Int, channel: Int) -> Double {
        get { values[row * channelCount + channel] }
        set { values[row * channelCount + channel] = newValue }
    }
}

/// Samples as networks see them: each channel with mean 0 and standard deviation 1 over the training data; missing
/// ones are 0, the mean, and marked in the mask.
public struct NormalizedValues: Sendable, Equatable {
    /// The samples, row-major `[row, channel]`.
    public var values: [Float]
    /// 1 where a sample was recorded, 0 where it is missing, `[row, channel]`.
    public var mask: [Float]
    /// The number of channels.
    public let channelCount: Int

    /// Creates samples `[row, channel]`, all of them recorded unless a mask says otherwise.
    public init(_ values: [Float], mask: [Float]? = nil, channelCount: Int) {
        precondition(channelCount > 0 && values.count % channelCount == 0, "ragged values")
        precondition(mask.map { $0.count == values.count } ?? true, "mask of another size")
        self.values = values
        self.mask = mask ?? [Float](repeating: 1, count: values.count)
        self.channelCount = channelCount
    }

    /// The number of rows.
    public var count: Int { values.count / channelCount }

    /// One sample.
    public subscript(row: Int, channel: Int) -> Float {
        get { values[row * channelCount + channel] }
        set { values[row * channelCount + channel] = newValue }
    }
}

extension Episode {
    /// The samples, without names and times.
    public var physicalValues: PhysicalValues { PhysicalValues(values, channelCount: max(1, channels.count)) }
}
