public import Basics

extension SafetensorsType {
    /// The type of a tensor of such numbers.
    public var dtype: DType {
        switch self {
        case .float64: .float64
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int64: .int64
        case .int32: .int32
        case .int16: .int16
        case .int8: .int8
        case .uint8: .uint8
        case .bool: .bool
        }
    }

    /// The type in the file for a tensor's type; `nil` for complex numbers, which the format cannot hold.
    public init?(_ dtype: DType) {
        guard let type = Self.allCases.first(where: { $0.dtype == dtype }) else { return nil }
        self = type
    }
}

extension SafetensorsFile {
    /// A tensor with a copy of what the file holds under the name.
    ///
    /// - Throws: `ForesightError.data` for an unknown name or a truth value other than 0 and 1;
    ///   `ForesightError.unavailable` when libtorch is not set up.
    public func tensor(_ name: String, device: Device = .cpu) throws -> Tensor {
        try Engine.load()
        let entry = try entry(name)
        // libtorch takes such bytes as they are, and then 2 is neither true nor false.
        if entry.type == .bool { _ = try integers(name) }
        return try withBytes(of: name) { bytes in
            Tensor(bytes: bytes, shape: entry.shape, dtype: entry.type.dtype, device: device)
        }
    }

    /// All tensors of the file by name.
    ///
    /// - Throws: as ``tensor(_:device:)``.
    public func loadTensors(device: Device = .cpu) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for name in names { tensors[name] = try tensor(name, device: device) }
        return tensors
    }
}

extension SafetensorsWriter {
    /// Writes tensors of any device under a temporary name, syncs the file and renames it. Gradients are not saved.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, and then the old file is unchanged; also when a tensor
    ///   holds complex numbers.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String,
        storage: some FileStorage = DiskStorage()
    ) throws {
        var contents: [String: SafetensorsData] = [:]
        for (name, tensor) in tensors {
            guard let type = SafetensorsType(tensor.dtype) else {
                throw ForesightError.failure(
                    "cannot save the tensor '\(name)' of \(tensor.dtype): safetensors has no complex numbers",
                    remedy: "save its real and imaginary parts")
            }
            contents[name] = tensor.withBytes { bytes in
                SafetensorsData(type: type, shape: tensor.shape, bytes: Array(bytes))
            }
        }
        try write(contents, metadata: metadata, to: path, storage: storage)
    }
}
