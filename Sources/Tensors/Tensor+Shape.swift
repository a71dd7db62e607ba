import CTorch

// Views share the memory of the tensor they are taken from.

extension Tensor {
    /// The same elements in another shape; one size may be -1, which is worked out. A view where that is possible.
    public func reshaped(_ shape: [Int]) -> Tensor {
        guard let result = withRaw({ ct_reshape($0, shape, shape.count) }) else {
            Tensor.stop("reshaped to \(shape)", [self])
        }
        return Tensor(owning: result)
    }

    /// The dimensions from `start` to `end`, both included, as one.
    public func flattened(from start: Int = 0, to end: Int = -1) -> Tensor {
        let sizes = shape
        let first = start < 0 ? start + sizes.count : start
        let last = end < 0 ? end + sizes.count : end
        if sizes.isEmpty { return reshaped([1]) }
        precondition(
            first >= 0 && first <= last && last < sizes.count,
            "flattened(from: \(start), to: \(end)) does not fit the shape \(sizes)")
        return reshaped(Array(sizes[..<first]) + [sizes[first...last].reduce(1, *)] + Array(sizes[(last + 1)...]))
    }

    /// The dimensions in another order: a view.
    public func permuted(_ order: [Int]) -> Tensor {
        guard let result = withRaw({ ct_permute($0, order, order.count) }) else {
            Tensor.stop("permuted by \(order)", [self])
        }
        return Tensor(owning: result)
    }

    /// Two dimensions exchanged: a view.
    public func transposed(_ a: Int, _ b: Int) -> Tensor {
        Tensor.make("transposed", self) { ct_transpose($0, a, b) }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    /// The last two dimensions exchanged: a view.
    public var T: Tensor { transposed(-2, -1) }

    /// With a dimension of size 1 before the given one: a view.
    public func unsqueezed(_ dim: Int) -> Tensor { Tensor.make("unsqueezed", self) { ct_unsqueeze($0, dim) } }

    /// Without the dimension, if its size is 1: a view.
    public func squeezed(_ dim: Int) -> Tensor { Tensor.make("squeezed", self) { ct_squeeze($0, dim) } }

    /// Dimensions of size 1 repeated up to the shape, without a copy; -1 keeps a size.
    public func expanded(to shape: [Int]) -> Tensor {
        guard let result = withRaw({ ct_expand($0, shape, shape.count) }) else {
            Tensor.stop("expanded to \(shape)", [self])
        }
        return Tensor(owning: result)
    }

    /// `length` positions of one dimension from `start` on: a view.
    public func narrow(dim: Int, start: Int, length: Int) -> Tensor {
        let sizes = shape
        let axis = dim < 0 ? dim + sizes.count : dim
        // libtorch's slice shortens silently what reaches beyond the end; that would hide a mistake.
        guard sizes.indices.contains(axis), start >= 0, length >= 0, start + length <= sizes[axis] else {
            Tensor.stop("narrow(dim: \(dim), start: \(start), length: \(length)) out of range", [self])
        }
        return Tensor.make("narrow", self) { ct_slice($0, axis, start, start + length, 1) }
    }

    /// Every `step`-th position of one dimension from `start` on, up to, without, `end`: a view.
    public func strided(dim: Int, from start: Int = 0, to end: Int? = nil, by step: Int) -> Tensor {
        Tensor.make("strided", self) { ct_slice($0, dim, start, end ?? .max, step) }
    }

    /// One position of a dimension, which goes away: a view.
    public func select(dim: Int, index: Int) -> Tensor { Tensor.make("select", self) { ct_select($0, dim, index) } }

    /// Tensors one after another along a dimension that they have.
    public static func concatenate(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
        precondition(!tensors.isEmpty, "concatenate needs at least one tensor")
        return own("concatenate", tensors, withRaw(of: tensors) { ct_concatenate($0, tensors.count, dim) })
    }

    /// Tensors of one shape side by side along a new dimension.
    public static func stack(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
        precondition(!tensors.isEmpty, "stack needs at least one tensor")
        return own("stack", tensors, withRaw(of: tensors) { ct_stack($0, tensors.count, dim) })
    }

    /// The dimension cut into `count` parts of one size, the last may be shorter: views.
    public func chunk(_ count: Int, dim: Int = 0) -> [Tensor] {
        precondition(count >= 1, "chunk needs at least one part, not \(count)")
        let size = size(dim)
        return split(max(1, (size + count - 1) / count), dim: dim)
    }

    /// The dimension cut into parts of the given size, the last may be shorter: views.
    public func split(_ length: Int, dim: Int = 0) -> [Tensor] {
        precondition(length >= 1, "split needs parts of at least 1, not \(length)")
        let size = size(dim)
        return stride(from: 0, to: max(size, 1), by: length).map { start in
            narrow(dim: dim, start: start, length: min(length, size - start))
        }
    }

    /// The dimension cut into parts of the given sizes, which add up to it: views.
    public func split(_ lengths: [Int], dim: Int = 0) -> [Tensor] {
        precondition(lengths.reduce(0, +) == size(dim), "parts \(lengths) do not add up to size \(size(dim))")
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return narrow(dim: dim, start: start, length: length)
        }
    }

    /// All positions of a dimension, which goes away: views.
    public func unbind(dim: Int = 0) -> [Tensor] { (0..<size(dim)).map { select(dim: dim, index: $0) } }

    /// The size along one dimension, which may count from the end.
    public func size(_ dim: Int) -> Int {
        let sizes = shape
        let axis = dim < 0 ? dim + sizes.count : dim
        guard sizes.indices.contains(axis) else {
            Tensor.stop("size(\(dim)) of a tensor without that dimension", [self])
        }
        return sizes[axis]
    }
}
