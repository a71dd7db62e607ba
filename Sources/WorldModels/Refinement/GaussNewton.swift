import Foundation
import Identification

/// Minimises the free-run error of one member over windows of the log by damped Gauss–Newton steps (Levenberg 1944;
/// Marquardt 1963), with the exact derivatives of whole free runs.
///
/// ```
/// min_θ  mean (y − ŷ(θ))² + λ Σ w²        (w: the weights of the nonlinear part)
/// (JᵀJ + μ diag(JᵀJ) + λI) δ = −Jᵀr − λw
/// ```
/// A few dozen such steps reach what first-order optimisers do not in thousands: rollouts near the stability limit are
/// badly conditioned. The linear part is the contraction `A / max(1, ‖A‖₂)` that the model uses, with its derivative, so
/// every iterate is stable; and no step makes an encoder that was steady unsteady (`encodingRadius`).
struct GaussNewton {
    /// The rows, normalised.
    let stretches: [SignalStretch]
    /// Most steps.
    var iterations = 30
    /// Penalty on the weights of the nonlinear part.
    var penalty = 0.0
    /// Steps that gain less than this fraction of the cost count as none; three such end the search.
    private static let leastGain = 1e-3
    /// Steps after which the search ends when what was left out is not predicted better.
    private static let patience = 8

    /// Lowers the cost of a member over windows.
    ///
    /// - Parameters:
    ///   - member: Where the search starts; changed to where it ends, or to the best that `judge` saw.
    ///   - windows: The windows whose free runs count.
    ///   - free: The parameters that may change, rising.
    ///   - judge: The error on data that were left out; without, the last step counts as best.
    /// - Returns: The least that `judge` said, or the cost.
    @discardableResult
    func minimise(
        _ member: inout StateSpaceMember, over windows: [FreeRunWindow], free: [Int],
        judge: ((StateSpaceMember) -> Double)? = nil
    ) -> Double {
        minimise(&member, over: [WeightedWindows(windows: windows, weight: 1)], free: free, judge: judge)
    }

    /// Windows whose mean square error counts with a weight.
    struct WeightedWindows {
        var windows: [FreeRunWindow]
        var weight: Double
    }

    /// Lowers the weighted sum of the mean square errors over groups of windows; as `minimise(_:over:free:judge:)`.
    @discardableResult
    func minimise(
        _ member: inout StateSpaceMember, over windows: [WeightedWindows], free: [Int],
        judge: ((StateSpaceMember) -> Double)? = nil
    ) -> Double {
        let penalised = Set(member.shape.nonlinearWeights)
        var current = member
        var best = (error: judge?(member) ?? .infinity, member: member)
        var system = linearised(current, windows)
        var cost = system.cost + penaltyCost(current)
        var damping = 1e-2
        var (small, waited) = (0, 0)
        let isSteady = current.encodingRadius < 1
        for _ in 0..<iterations where cost.isFinite {
            var accepted: (member: StateSpaceMember, cost: Double)?
            for _ in 0..<8 {
                if let candidate = step(current, system, free, penalised, damping),
                    !isSteady || candidate.encodingRadius < 1
                {
                    let candidateCost = self.cost(candidate, windows) + penaltyCost(candidate)
                    if candidateCost < cost {
                        accepted = (candidate, candidateCost)
                        break
                    }
                }
                damping = damping * 4 + 1e-9
            }
            guard let accepted else { break }
            small = (cost - accepted.cost) < Self.leastGain * cost ? small + 1 : 0
            (current, cost) = accepted
            damping = max(damping / 5, 1e-9)
            let error = judge?(current) ?? cost
            waited = error < best.error ? 0 : waited + 1
            if error < best.error { best = (error, current) }
            if small >= 3 || waited >= Self.patience { break }
            system = linearised(current, windows)
        }
        member = best.member
        return best.error
    }

    /// The mean square free-run error of a member over windows; infinite when it leaves every range.
    func cost(_ member: StateSpaceMember, _ windows: [FreeRunWindow]) -> Double {
        FreeRunKernel.cost(member.contracted().member, windows, stretches)
    }

    private func cost(_ member: StateSpaceMember, _ groups: [WeightedWindows]) -> Double {
        groups.reduce(0) { $0 + $1.weight * cost(member, $1.windows) }
    }

    private func penaltyCost(_ member: StateSpaceMember) -> Double {
        guard penalty > 0 else { return 0 }
        return penalty * member.shape.nonlinearWeights.reduce(0) { $0 + member.values[$1] * member.values[$1] }
    }

    /// The normal equations at a member, with respect to its raw parameters.
    private func linearised(_ member: StateSpaceMember, _ groups: [WeightedWindows]) -> FreeRunEquations {
        let (contracted, slope) = member.contracted()
        guard let first = groups.first else { return FreeRunEquations(hessian: [], gradient: [], cost: .infinity) }
        var system = FreeRunKernel.normalEquations(contracted, first.windows, stretches)
        system.scale(by: first.weight)
        for group in groups.dropFirst() where system.cost.isFinite {
            system.add(FreeRunKernel.normalEquations(contracted, group.windows, stretches), weight: group.weight)
        }
        guard system.cost.isFinite else { return system }
        slope?.apply(to: &system.hessian, &system.gradient, width: member.shape.count)
        return system
    }

    private func step(
        _ member: StateSpaceMember, _ system: FreeRunEquations, _ free: [Int], _ penalised: Set<Int>, _ damping: Double
    ) -> StateSpaceMember? {
        let (width, size) = (member.shape.count, free.count)
        var left = RealMatrix(rows: size, columns: size)
        var right = RealMatrix(rows: size, columns: 1)
        for (row, from) in free.enumerated() {
            for column in 0...row { left[row, column] = system.hessian[from * width + free[column]] }
            right[row, 0] = -system.gradient[from]
            if penalised.contains(from) {
                left[row, row] += penalty
                right[row, 0] -= penalty * member.values[from]
            }
        }
        let greatest = (0..<size).reduce(0) { max($0, left[$1, $1]) }
        for row in 0..<size { left[row, row] += damping * left[row, row] + 1e-10 * greatest + 1e-14 }
        guard let delta = solvePositiveDefinite(left, right) else { return nil }
        var result = member
        for (row, place) in free.enumerated() { result.values[place] += delta[row, 0] }
        return result
    }
}

extension FreeRunEquations {
    /// Multiplies everything.
    mutating func scale(by weight: Double) {
        guard weight != 1, cost.isFinite else { return }
        for index in hessian.indices { hessian[index] *= weight }
        for index in gradient.indices { gradient[index] *= weight }
        cost *= weight
    }

    /// Adds other equations of the same parameters with a weight.
    mutating func add(_ other: FreeRunEquations, weight: Double) {
        guard other.cost.isFinite else { return cost = .infinity }
        for index in hessian.indices { hessian[index] += weight * other.hessian[index] }
        for index in gradient.indices { gradient[index] += weight * other.gradient[index] }
        cost += weight * other.cost
    }
}

/// The derivative of `A / ‖A‖₂` with respect to A: `δ_ij,kl / σ − A_ij u_k v_l / σ²`.
struct ContractionSlope {
    let norm: Double
    let matrix: [Double]
    let direction: [Double]

    /// Turns derivatives with respect to the contraction into those with respect to the raw matrix, which stands first.
    func apply(to hessian: inout [Double], _ gradient: inout [Double], width: Int) {
        let size = matrix.count
        func turned(_ row: inout [Double]) {
            // row · T with T = I/σ − vec(A) vec(uvᵀ)ᵀ/σ²
            var along = 0.0
            for index in 0..<size { along += row[index] * matrix[index] }
            for index in 0..<size { row[index] = row[index] / norm - along * direction[index] / (norm * norm) }
        }
        for row in 0..<width {
            var line = Array(hessian[(row * width)..<(row * width + size)])
            turned(&line)
            for index in 0..<size { hessian[row * width + index] = line[index] }
        }
        for column in 0..<width {
            var line = (0..<size).map { hessian[$0 * width + column] }
            turned(&line)
            for index in 0..<size { hessian[index * width + column] = line[index] }
        }
        var line = Array(gradient[0..<size])
        turned(&line)
        for index in 0..<size { gradient[index] = line[index] }
    }
}

extension StateSpaceMember {
    /// The spectral radius of Â (I − K C): see `SensorWorldModel.encodingRadius()`.
    var encodingRadius: Double {
        let member = contracted().member
        let a = member.matrix(shape.transition)
        return spectralRadius(of: a - a * (member.matrix(shape.gain) * member.matrix(shape.readout)))
    }

    /// The member as it is run, its linear part no longer than 1, and the derivative of that where it changes anything.
    func contracted() -> (member: StateSpaceMember, slope: ContractionSlope?) {
        let size = shape.states
        let elements = Array(values[shape.transition.range])
        guard shape.isBounded, elements.allSatisfy(\.isFinite) else { return (self, nil) }
        let parts = singularValueDecomposition(RealMatrix(rows: size, columns: size, elements: elements))
        guard let norm = parts.values.first, norm > 1 else { return (self, nil) }
        var result = self
        for index in shape.transition.range { result.values[index] /= norm }
        let direction = (0..<(size * size)).map { parts.left[$0 / size, 0] * parts.right[$0 % size, 0] }
        return (result, ContractionSlope(norm: norm, matrix: elements, direction: direction))
    }
}
