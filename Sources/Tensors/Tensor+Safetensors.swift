import Basics

extension SafetensorsFile {
    /// A copy of the tensor of a name.
    ///
    /// - Throws: `ForesightError` (data) for an unknown name, with the nearest one.
    public func tensor(_ name: String, device: Device = .cpu) throws -> Tensor {
        let entry = try entry(name)
        return try withBytes(of: name) {
            Tensor(bytes: $0, shape: entry.shape, dtype: DType(entry.type), device: device)
        }
    }

    /// Copies of all tensors by name.
    ///
    /// - Throws: `ForesightError` (data) when the file is damaged.
    public func tensors(device: Device = .cpu) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for name in names { tensors[name] = try tensor(name, device: device) }
        return tensors
    }
}

extension SafetensorsWriter {
    /// Writes tensors whole or not at all: under a temporary name, synced, renamed.
    ///
    /// - Throws: `ForesightError` (failure) when the file cannot be written, or a tensor's type has no place in the
    ///   format.
    public static func write(_ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String) throws {
        try write(tensors.mapValues { try SafetensorsData($0) }, metadata: metadata, to: path)
    }
}

extension SafetensorsData {
    /// Copies the elements of a tensor.
    ///
    /// - Throws: `ForesightError` (failure) when the type has no place in the format.
    public init(_ tensor: Tensor) throws {
        guard let type = SafetensorsType(tensor.dtype) else {
            throw ForesightError.failure("safetensors cannot hold a tensor of \(tensor.dtype)", remedy: "convert it")
        }
        self.init(type: type, shape: tensor.shape, bytes: tensor.withBytes { [UInt8]($0) })
    }
}

extension DType {
    /// The type of elements of a tensor in a file.
    public init(_ type: SafetensorsType) {
        self =
            switch type {
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
}

extension SafetensorsType {
    /// The type of elements in a file, or `nil` for complex numbers.
    public init?(_ dtype: DType) {
        switch dtype {
        case .float64: self = .float64
        case .float32: self = .float32
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .int64: self = .int64
        case .int32: self = .int32
        case .int16: self = .int16
        case .int8: self = .int8
        case .uint8: self = .uint8
        case .bool: self = .bool
        case .complex64, .complex128: return nil
        }
    }
}
