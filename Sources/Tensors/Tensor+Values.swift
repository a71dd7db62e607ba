import CTorch

// MARK: Reading

extension Tensor {
    /// Reads the elements in place, without a copy where the tensor is contiguous on the CPU and of the asked type;
    /// otherwise a converted copy is lent. The buffer must not leave the closure.
    public func withValues<Element: TensorElement, Result>(
        as type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        let plain = to(device: .cpu).to(dtype: Element.dtype).contiguous()
        defer { withExtendedLifetime(plain) {} }
        let count = plain.count
        guard count > 0, let data = plain.withRaw({ ct_data($0) }) else {
            return try body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return try body(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Element.self), count: count))
    }

    /// Reads single-precision numbers in place: see ``withValues(as:_:)``.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withValues(as: Float.self, body)
    }

    /// The elements as an array, the last dimension running fastest.
    public func values<Element: TensorElement>(as type: Element.Type) -> [Element] {
        withValues(as: type) { Array($0) }
    }

    /// The elements in single precision.
    public func floats() -> [Float] { values(as: Float.self) }

    /// The elements in double precision.
    public func doubles() -> [Double] { values(as: Double.self) }

    /// The elements as whole numbers.
    public func int64s() -> [Int64] { values(as: Int64.self) }

    /// The elements as truth values; anything but zero is true.
    public func bools() -> [Bool] { values(as: Bool.self) }

    /// The only element of a tensor of one element.
    public func item() -> Double {
        precondition(count == 1, "item() needs a tensor of one element, not \(self)")
        return withRaw { ct_item($0) }
    }

    /// The raw bytes of the elements in the order of the shape; for files.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let plain = to(device: .cpu).contiguous()
        defer { withExtendedLifetime(plain) {} }
        let count = plain.count * plain.dtype.byteCount
        guard count > 0, let data = plain.withRaw({ ct_data($0) }) else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try body(UnsafeRawBufferPointer(start: data, count: count))
    }
}

// MARK: Borrowing Swift arrays

extension Tensor {
    /// Lends an array to libtorch without a copy.
    ///
    /// Inside the closure the tensor reads the array's own memory. It must not be written and must not be kept, nor
    /// anything that shares its memory (a view, a gradient graph that saved it): both stop the program when the
    /// closure ends. Clone what has to live longer.
    public static func withBorrowed<Element: TensorElement, Result>(
        _ values: [Element], shape: [Int], _ body: (Tensor) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeBufferPointer { buffer in
            try withView(UnsafeMutableBufferPointer(mutating: buffer), shape, isWritable: false, body)
        }
    }

    /// Lends an array to libtorch without a copy, to be written in place: see ``withBorrowed(_:shape:_:)``.
    public static func withBorrowed<Element: TensorElement, Result>(
        mutating values: inout [Element], shape: [Int], _ body: (Tensor) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeMutableBufferPointer { buffer in
            try withView(buffer, shape, isWritable: true, body)
        }
    }

    private static func withView<Element: TensorElement, Result>(
        _ buffer: UnsafeMutableBufferPointer<Element>, _ shape: [Int], isWritable: Bool,
        _ body: (Tensor) throws -> Result
    ) rethrows -> Result {
        Engine.require()
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == buffer.count,
            "\(buffer.count) numbers do not fill the shape \(shape)")
        guard let start = buffer.baseAddress, !buffer.isEmpty else {
            return try body(empty(shape, dtype: Element.dtype))
        }
        let owner = own("borrow", [], ct_view_of(start, shape, shape.count, Element.dtype.rawValue))
        defer {
            owner.withRaw { raw in
                precondition(ct_uses(raw) == 1, "a borrowed tensor of shape \(shape) was kept; clone it")
                precondition(
                    isWritable || ct_version_counter(raw) == 0, "a tensor borrowed for reading was written")
            }
        }
        return try lend(owner, body)
    }

    /// Hands over a tensor of its own, which is gone on return: then the reference of the owner is the only one left.
    @inline(never)
    private static func lend<Result>(_ owner: Tensor, _ body: (Tensor) throws -> Result) rethrows -> Result {
        try body(
            owner.withRaw { raw in
                ct_retain(raw)
                return Tensor(owning: raw)
            })
    }
}

// MARK: Conversion

extension Tensor {
    /// The same numbers as another type; `self` when it is that type already.
    public func to(dtype: DType) -> Tensor {
        self.dtype == dtype ? self : Tensor.make("to dtype", self) { ct_to_dtype($0, dtype.rawValue) }
    }

    /// The same numbers on another device; `self` when they are there already.
    public func to(device: Device) -> Tensor {
        self.device == device ? self : Tensor.make("to device", self) { ct_to_device($0, device.code) }
    }

    /// The same numbers in the order of the shape, without gaps; `self` when they lie so already.
    public func contiguous() -> Tensor {
        isContiguous ? self : Tensor.make("contiguous", self) { ct_contiguous($0) }
    }

    /// A copy in memory of its own; gradients flow through it.
    public func clone() -> Tensor { Tensor.make("clone", self) { ct_clone($0) } }
}
