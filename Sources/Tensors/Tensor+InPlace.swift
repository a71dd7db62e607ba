// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CTorch

// Functions whose names end in an underscore change the tensor itself, as in PyTorch, and return it. On a tensor that
// needs gradients they are for optimisers, inside `withoutGradients`.

extension Tensor {
    /// `self += scale * other`.
    @discardableResult
    public func add_(_ other: Tensor, scale: Double = 1) -> Tensor {
        act("add_", other) { ct_add_in_place($0, $1, scale) }
    }

    /// `self += value`.
    @discardableResult
    public func add_(_ value: Double) -> Tensor { act("add_") { ct_add_scalar_in_place($0, value) } }

    /// `self -= other`.
    @discardableResult
    public func sub_(_ other: Tensor) -> Tensor { act("sub_", other) { ct_add_in_place($0, $1, -1) } }

    /// `self *= other`.
    @discardableResult
    public func mul_(_ other: Tensor) -> Tensor { act("mul_", other) { ct_mul_in_place($0, $1) } }

    /// `self *= value`.
    @discardableResult
    public func mul_(_ value: Double) -> Tensor { act("mul_") { ct_mul_scalar_in_place($0, value) } }

    /// `self /= other`.
    @discardableResult
    public func div_(_ other: Tensor) -> Tensor {
        Operators.div.act(.tensor(self), .tensor(other))
        return self
    }

    /// Writes the elements of another tensor here, converted and broadcast.
    @discardableResult
    public func copy_(_ other: Tensor) -> Tensor { act("copy_", other) { ct_copy_in_place($0, $1) } }

    /// Writes zeros.
    @discardableResult
    public func zero_() -> Tensor { fill_(0) }

    /// Writes the number everywhere.
    @discardableResult
    public func fill_(_ value: Double) -> Tensor { act("fill_") { ct_fill_in_place($0, value) } }

    /// Moves each element into the range.
    @discardableResult
    public func clamp_(min: Double, max: Double) -> Tensor {
        Operators.clamp.act(.tensor(self), .double(min), .double(max))
        return self
    }

    /// `self += scale * a * b`.
    @discardableResult
    public func addcmul_(_ a: Tensor, _ b: Tensor, scale: Double = 1) -> Tensor {
        Operators.addcmul.act(.tensor(self), .tensor(a), .tensor(b), .double(scale))
        return self
    }

    /// `self += scale * a / b`.
    @discardableResult
    public func addcdiv_(_ a: Tensor, _ b: Tensor, scale: Double = 1) -> Tensor {
        Operators.addcdiv.act(.tensor(self), .tensor(a), .tensor(b), .double(scale))
        return self
    }

    /// `self += weight * (end - self)`.
    @discardableResult
    public func lerp_(_ end: Tensor, _ weight: Double) -> Tensor {
        Operators.lerp.act(.tensor(self), .tensor(end), .double(weight))
        return self
    }

    /// The square root of each element.
    @discardableResult
    public func sqrt_() -> Tensor {
        Operators.sqrt.act(.tensor(self))
        return self
    }

    private enum Operators {
        static let div = Operator("div_", "Tensor")
        static let clamp = Operator("clamp_")
        static let addcmul = Operator("addcmul_")
        static let addcdiv = Operator("addcdiv_")
        static let lerp = Operator("lerp_", "Scalar")
        static let sqrt = Operator("sqrt_")
    }
}
