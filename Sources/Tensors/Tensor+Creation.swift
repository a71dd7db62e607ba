import CTorch

extension Tensor {
    /// A tensor with a copy of single-precision numbers, the last dimension running fastest.
    public convenience init(_ values: [Float], shape: [Int], device: Device = .cpu) {
        self.init(copying: values, shape: shape, device: device)
    }

    /// A tensor with a copy of the numbers, of the type they have in Swift, the last dimension running fastest.
    @_disfavoredOverload
    public convenience init<Element: TensorElement>(_ values: [Element], shape: [Int], device: Device = .cpu) {
        self.init(copying: values, shape: shape, device: device)
    }

    /// A tensor of one dimension with a copy of the numbers.
    public convenience init(_ values: [Float], device: Device = .cpu) {
        self.init(copying: values, shape: [values.count], device: device)
    }

    /// A tensor of one dimension with a copy of the numbers, of the type they have in Swift.
    @_disfavoredOverload
    public convenience init<Element: TensorElement>(_ values: [Element], device: Device = .cpu) {
        self.init(copying: values, shape: [values.count], device: device)
    }

    /// A tensor of no dimensions that holds one number.
    public convenience init(scalar value: Double, dtype: DType = .float32, device: Device = .cpu) {
        Engine.require()
        guard let raw = ct_full([], 0, value, dtype.rawValue, device.code) else { Tensor.stop("scalar", []) }
        self.init(owning: raw)
    }

    /// A tensor with a copy of raw bytes, such as those of a file.
    public convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, device: Device = .cpu) {
        Engine.require()
        precondition(
            bytes.count == shape.reduce(dtype.byteCount, *),
            "\(bytes.count) bytes do not fill a \(dtype) tensor of shape \(shape)")
        let raw = Tensor.copy(bytes, shape, dtype, device)
        guard let raw else { Tensor.stop("tensor of shape \(shape) on \(device)", []) }
        self.init(owning: raw)
    }

    private convenience init<Element: TensorElement>(copying values: [Element], shape: [Int], device: Device) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
            "\(values.count) numbers do not fill the shape \(shape)")
        Engine.require()
        let raw = values.withUnsafeBytes { bytes in
            Tensor.copy(bytes, shape, Element.dtype, device)
        }
        guard let raw else { Tensor.stop("tensor of shape \(shape) on \(device)", []) }
        self.init(owning: raw)
    }

    /// Copies bytes into a new tensor; an empty buffer may have no address.
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ dtype: DType, _ device: Device
    ) -> OpaquePointer? {
        guard let start = bytes.baseAddress else { return ct_empty(shape, shape.count, dtype.rawValue, device.code) }
        return ct_copy_of(start, shape, shape.count, dtype.rawValue, device.code)
    }

    /// Zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dtype: dtype, device: device)
    }

    /// Zeros of the shape, type and device of another tensor.
    public static func zeros(like other: Tensor) -> Tensor {
        full(other.shape, 0, dtype: other.dtype, device: other.device)
    }

    /// Ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dtype: dtype, device: device)
    }

    /// Ones of the shape, type and device of another tensor.
    public static func ones(like other: Tensor) -> Tensor {
        full(other.shape, 1, dtype: other.dtype, device: other.device)
    }

    /// The same number everywhere.
    public static func full(
        _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Engine.require()
        return own("full", [], ct_full(shape, shape.count, value, dtype.rawValue, device.code))
    }

    /// Memory that holds whatever was there before, to be written.
    public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Engine.require()
        return own("empty", [], ct_empty(shape, shape.count, dtype.rawValue, device.code))
    }

    /// `start, start + step, …` up to, without, `end`.
    public static func arange(
        _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Engine.require()
        return own("arange", [], ct_arange(start, end, step, dtype.rawValue, device.code))
    }

    /// `0, 1, …` up to, without, `end`.
    public static func arange(_ end: Double, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        arange(0, end, dtype: dtype, device: device)
    }

    /// The whole numbers `0, 1, …` up to, without, `count`, as indices.
    public static func indices(_ count: Int, device: Device = .cpu) -> Tensor {
        arange(0, Double(count), dtype: .int64, device: device)
    }

    /// `count` numbers from `start` to `end`, both included, evenly apart.
    public static func linspace(
        _ start: Double, _ end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        precondition(count >= 1, "linspace needs at least one number, not \(count)")
        let step = count > 1 ? (end - start) / Double(count - 1) : 0
        return Tensor((0..<count).map { start + step * Double($0) }).to(dtype: dtype).to(device: device)
    }

    /// The identity matrix.
    public static func eye(
        _ rows: Int, _ columns: Int? = nil, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Engine.require()
        return own("eye", [], ct_eye(rows, columns ?? rows, dtype.rawValue, device.code))
    }
}
