import CTorch

extension Tensor {
    /// The positions of one dimension that the indices name, in their order: a copy.
    public func indexSelect(dim: Int, _ indices: Tensor) -> Tensor {
        Tensor.make("indexSelect", self, indices) { ct_index_select($0, dim, $1) }
    }

    /// Rows of a table: `[rows, width]` and indices of any shape to `[…, width]`.
    public func embedding(_ indices: Tensor) -> Tensor {
        Tensor.make("embedding", self, indices) { ct_embedding($0, $1) }
    }

    /// `out[i][j] = self[indices[i][j]][j]` for dimension 0, alike for others.
    public func gather(dim: Int, _ indices: Tensor) -> Tensor {
        Select.gather(.tensor(self), .int(dim), .tensor(indices))
    }

    /// A copy with `out[indices[i][j]][j] = source[i][j]` for dimension 0, alike for others.
    public func scatter(dim: Int, _ indices: Tensor, _ source: Tensor) -> Tensor {
        Select.scatter(.tensor(self), .int(dim), .tensor(indices), .tensor(source))
    }

    /// A copy with `out[indices[i][j]][j] += source[i][j]` for dimension 0, alike for others.
    public func scatterAdd(dim: Int, _ indices: Tensor, _ source: Tensor) -> Tensor {
        Select.scatterAdd(.tensor(self), .int(dim), .tensor(indices), .tensor(source))
    }

    /// A copy with the value where the mask holds.
    public func maskedFill(_ mask: Tensor, _ value: Double) -> Tensor {
        Select.maskedFill(.tensor(self), .tensor(mask), .double(value))
    }

    /// The elements where the mask holds, in one dimension: a copy.
    public func maskedSelect(_ mask: Tensor) -> Tensor { Select.maskedSelect(.tensor(self), .tensor(mask)) }

    /// The places of the elements that differ from zero, `[count, rank]`, `int64`.
    public func nonzero() -> Tensor { Select.nonzero(.tensor(self)) }

    /// Dimensions backwards: a copy.
    public func flip(dims: [Int]) -> Tensor { Select.flip(.tensor(self), .ints(dims)) }

    /// Elements moved along a dimension, those that leave coming in at the other end: a copy.
    public func roll(_ shift: Int, dim: Int) -> Tensor { Select.roll(.tensor(self), .ints([shift]), .ints([dim])) }

    /// The tensor repeated this many times along each dimension: a copy.
    public func repeated(_ times: [Int]) -> Tensor { Select.repeated(.tensor(self), .ints(times)) }

    /// Each position of a dimension repeated in place: a copy.
    public func repeatedInterleaved(_ times: Int, dim: Int) -> Tensor {
        Select.interleaved(.tensor(self), .int(times), .int(dim))
    }

    /// The upper triangle of the last two dimensions, zeros below the diagonal.
    public func triu(diagonal: Int = 0) -> Tensor { Select.triu(.tensor(self), .int(diagonal)) }

    /// The lower triangle of the last two dimensions, zeros above the diagonal.
    public func tril(diagonal: Int = 0) -> Tensor { Select.tril(.tensor(self), .int(diagonal)) }

    /// The diagonal of the last two dimensions: a view.
    public func diagonal() -> Tensor { Select.diagonal(.tensor(self), .int(0), .int(-2), .int(-1)) }

    /// How positions beyond the edge are filled.
    public enum Padding: Sendable, Hashable {
        /// With a number.
        case constant(Double)
        /// With the inside mirrored, the edge not repeated.
        case reflect
        /// With the edge.
        case replicate
    }

    /// With more positions around: amounts before and after, starting with the last dimension as in PyTorch.
    public func padded(_ amounts: [Int], _ padding: Padding = .constant(0)) -> Tensor {
        switch padding {
        case .constant(let value):
            Select.pad(.tensor(self), .ints(amounts), .string("constant"), .double(value))
        case .reflect: Select.pad(.tensor(self), .ints(amounts), .string("reflect"), .none)
        case .replicate: Select.pad(.tensor(self), .ints(amounts), .string("replicate"), .none)
        }
    }

    private enum Select {
        static let gather = Operator("gather")
        static let scatter = Operator("scatter", "src")
        static let scatterAdd = Operator("scatter_add")
        static let maskedFill = Operator("masked_fill", "Scalar")
        static let maskedSelect = Operator("masked_select")
        static let nonzero = Operator("nonzero")
        static let flip = Operator("flip")
        static let roll = Operator("roll")
        static let repeated = Operator("repeat")
        static let interleaved = Operator("repeat_interleave", "self_int")
        static let triu = Operator("triu")
        static let tril = Operator("tril")
        static let diagonal = Operator("diagonal")
        static let pad = Operator("pad")
    }
}

// MARK: Subscripts

extension Tensor {
    /// One position of the first dimension, which goes away: a view. Negative numbers count from the end.
    public subscript(index: Int) -> Tensor { select(dim: 0, index: index) }

    /// One element or sub-tensor by its first indices: a view.
    public subscript(first: Int, second: Int) -> Tensor { select(dim: 0, index: first).select(dim: 0, index: second) }

    /// A range of the first dimension: a view.
    public subscript(range: Range<Int>) -> Tensor { narrow(dim: 0, start: range.lowerBound, length: range.count) }

    /// Ranges of the first two dimensions: a view.
    public subscript(rows: Range<Int>, columns: Range<Int>) -> Tensor {
        self[rows].narrow(dim: 1, start: columns.lowerBound, length: columns.count)
    }
}
