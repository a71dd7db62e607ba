import Identification

/// What the first rows of a history say of a state that nothing is known of: the transient of a Kalman filter that ends in
/// the learned gain K.
///
/// A member corrected by K is a model in innovation form, `x_{t+1} = A (x_t + K e_t) + …`, `y_t = C x_t + e_t`, whose state
/// is known once it has been followed for long. At a first row it is only known to lie where states lie, with mean z̄ and
/// covariance M₀; from there (Kalman 1960, noises of system and measurement correlated as in the innovation form)
/// ```
/// G_t = (M_t Cᵀ + K S) (C M_t Cᵀ + S)⁻¹,    M_{t+1} = A (M_t + K S Kᵀ − G_t (C M_t Cᵀ + S) G_tᵀ) Aᵀ
/// ```
/// with S the covariance of e. M falls to 0 and G to K. A is the mean slope of the whole step, nonlinear part included.
struct StartingGains {
    /// z̄, `[states]`.
    let prior: [Double]
    /// G₀, G₁, …, each `[states, outputs]`.
    let gains: [RealMatrix]

    /// Rows after which K has the word.
    static let mostRows = 16

    /// Measures a member on windows of its training rows; `nil` when these are too few or the equations singular.
    ///
    /// - Parameters:
    ///   - member: The member, its linear part contracted.
    ///   - stretches: The rows.
    ///   - windows: Windows; states and innovations are those of the rows behind their histories.
    ///   - rows: How many gains.
    init?(_ member: StateSpaceMember, _ stretches: [SignalStretch], _ windows: [FreeRunWindow], rows: Int) {
        let shape = member.shape
        let (states, outputs) = (shape.states, shape.outputs)
        var (seen, slopes) = (Moments(states), [Double](repeating: 0, count: states * states))
        var noise = Moments(outputs)
        for window in windows {
            let stretch = stretches[window.stretch]
            let row = window.start + window.history
            let before = member.encoded(stretch, from: window.start, rows: window.history)
            let state = member.next(before, stretch, row - 1)
            seen.add(state)
            let slope = member.slope(before, stretch, row - 1)
            for index in slopes.indices { slopes[index] += slope[index] }
            let error = zip(member.read(state), 0..<outputs).map { stretch.outputs[row * outputs + $1] - $0 }
            if error.allSatisfy(\.isFinite) { noise.add(error) }
        }
        guard seen.count > Double(4 * states), noise.count > Double(4 * outputs) else { return nil }
        let a = RealMatrix(rows: states, columns: states, elements: slopes.map { $0 / seen.count })
        let c = member.matrix(shape.readout), k = member.matrix(shape.gain)
        var s = noise.products
        // An exact simulation has no noise; the equations need some.
        for output in 0..<outputs { s[output, output] += Self.leastNoise }
        var m = seen.covariance
        var gains: [RealMatrix] = []
        for _ in 0..<rows {
            let reach = m * c.transposed + k * s
            let total = c * (m * c.transposed) + s
            guard let solved = solvePositiveDefinite(total, reach.transposed) else { return nil }
            let gain = solved.transposed
            gains.append(gain)
            var left = m + k * s * k.transposed
            left = left - gain * total * gain.transposed
            m = (a * left * a.transposed).symmetrised
            for index in 0..<states { m[index, index] = max(m[index, index], 0) }
        }
        guard gains.allSatisfy({ $0.elements.allSatisfy { $0.isFinite && abs($0) < 1e6 } }) else { return nil }
        (prior, self.gains) = (seen.mean, gains)
    }

    private static let leastNoise = 1e-8

    /// Sums for means and covariances.
    private struct Moments {
        var count = 0.0
        var sums: [Double]
        var squares: [Double]

        init(_ width: Int) {
            sums = [Double](repeating: 0, count: width)
            squares = [Double](repeating: 0, count: width * width)
        }

        mutating func add(_ values: [Double]) {
            count += 1
            for (row, value) in values.enumerated() {
                sums[row] += value
                for (column, other) in values.enumerated() { squares[row * values.count + column] += value * other }
            }
        }

        var mean: [Double] { sums.map { $0 / count } }

        /// Mean products, not centred.
        var products: RealMatrix {
            RealMatrix(rows: sums.count, columns: sums.count, elements: squares.map { $0 / count })
        }

        var covariance: RealMatrix {
            var result = products
            let mean = mean
            for row in mean.indices { for column in mean.indices { result[row, column] -= mean[row] * mean[column] } }
            return result
        }
    }
}

extension StateSpaceMember {
    /// A block as a matrix.
    func matrix(_ block: StateSpaceShape.Block) -> RealMatrix {
        RealMatrix(rows: block.rows, columns: block.columns, elements: Array(values[block.range]))
    }

    /// The derivative of the next state by the state, row-major `[states, states]`.
    fileprivate func slope(_ state: [Double], _ stretch: SignalStretch, _ row: Int) -> [Double] {
        var result = Array(values[shape.transition.range])
        for unit in 0..<shape.hidden {
            var sum = self[shape.hiddenOffset, unit, 0]
            for place in state.indices { sum += self[shape.hiddenState, unit, place] * state[place] }
            for channel in 0..<shape.inputs {
                sum += self[shape.hiddenInput, unit, channel] * stretch.inputs[row * shape.inputs + channel]
            }
            let bend = shape.activation.slope(sum)
            for to in state.indices {
                let factor = self[shape.correction, to, unit] * bend
                for from in state.indices {
                    result[to * shape.states + from] += factor * self[shape.hiddenState, unit, from]
                }
            }
        }
        return result
    }
}

extension RealMatrix {
    /// Half the sum with its transpose.
    fileprivate var symmetrised: RealMatrix {
        let other = transposed
        return RealMatrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map { ($0 + $1) / 2 })
    }
}
