/// The task of a linear-quadratic regulator over a finite horizon.
///
/// Minimise `Σ_{k=1}^{N} y_kᵀ·Q·y_k + Σ_{k=0}^{N−1} u_kᵀ·R·u_k` over `u_0 … u_{N−1}` for `x_{k+1} = A·x_k + B·u_k`,
/// `y = C·x − r`, which is the cost that a planner sees: outputs after each step and the actions.
public struct LinearRegulatorTask: Sendable {
    /// The plant.
    public var plant: LinearPlant
    /// The weights Q on the outputs `[output, output]`, positive semidefinite.
    public var outputWeight: DenseMatrix
    /// The weights R on the actions `[action, action]`, positive definite.
    public var actionWeight: DenseMatrix
    /// The number of steps N.
    public var horizon: Int
    /// The targets r of the outputs.
    public var target: [Double]

    /// Creates a task; the targets are zero where none are given.
    public init(
        plant: LinearPlant, outputWeight: DenseMatrix, actionWeight: DenseMatrix, horizon: Int, target: [Double]? = nil
    ) {
        self.plant = plant
        self.outputWeight = outputWeight
        self.actionWeight = actionWeight
        self.horizon = horizon
        self.target = target ?? [Double](repeating: 0, count: plant.outputChannels.count)
    }

    /// The cost of an action sequence, row-major `[step, action]`.
    public func cost(of actions: [Double], from state: [Double]) -> Double {
        let width = plant.actionChannels.count
        precondition(actions.count == horizon * width, "\(actions.count) actions for \(horizon) steps")
        var state = state
        var sum = 0.0
        for step in 0..<horizon {
            let action = Array(actions[(step * width)..<((step + 1) * width)])
            state = plant.step(state, action: action, disturbance: [])
            let error = zip(plant.outputs(of: state), target).map { $0 - $1 }
            sum += quadratic(outputWeight, error) + quadratic(actionWeight, action)
        }
        return sum
    }

    private func quadratic(_ weight: DenseMatrix, _ vector: [Double]) -> Double {
        zip(vector, weight * vector).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

/// An action sequence and its cost.
public struct OptimalActions: Sendable {
    /// The actions, row-major `[step, action]`.
    public var actions: [Double]
    /// Their cost.
    public var cost: Double
}

extension LinearRegulatorTask {
    /// The optimum without limits, by the Riccati recursion (Bertsekas, "Dynamic Programming and Optimal Control",
    /// volume 1, section 4.1), for targets of zero.
    ///
    /// - Precondition: All targets are zero.
    public func riccatiSolution(from state: [Double]) -> OptimalActions {
        precondition(target.allSatisfy { $0 == 0 }, "the recursion regulates to zero; use quadraticProgramSolution")
        let a = plant.stateMatrix
        let b = plant.inputMatrix
        let q = plant.outputMatrix.transposed * outputWeight * plant.outputMatrix
        // P_N = Q, since the state after the last action counts; P_0, with the Q of x_0, is not used.
        var p = q
        var gains: [DenseMatrix] = []
        for _ in 0..<horizon {
            let pb = p * b
            let inner = actionWeight + b.transposed * pb
            guard let gain = inner.choleskySolve(pb.transposed * a) else {
                preconditionFailure("the action weight is not positive definite")
            }
            gains.append(gain)
            let closed = a - b * gain
            p = q + gain.transposed * actionWeight * gain + closed.transposed * p * closed
        }
        var actions: [Double] = []
        var current = state
        for gain in gains.reversed() {
            let action = (gain * current).map { -$0 }
            actions += action
            current = plant.step(current, action: action, disturbance: [])
        }
        return OptimalActions(actions: actions, cost: cost(of: actions, from: state))
    }
}
