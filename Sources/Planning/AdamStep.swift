/// Adam with one state per start, frequency and channel: Kingma and Ba, "Adam: a method for stochastic optimization",
/// ICLR 2015, https://arxiv.org/abs/1412.6980.
struct AdamStep {
    private let basis: FrequencyBasis
    private let variables: Int
    private var first: [Float]
    private var second: [Float]
    private var coefficients: [Float]
    private let decayFirst: Float = 0.9
    // Shorter than the usual 0.999: a search takes tens of steps, not thousands.
    private let decaySecond: Float = 0.95
    private var correctionFirst: Float = 1
    private var correctionSecond: Float = 1

    init(starts: Int, space: ActionSpace) {
        basis = FrequencyBasis(space: space)
        variables = space.variables
        first = [Float](repeating: 0, count: starts * variables)
        second = first
        coefficients = [Float](repeating: 0, count: variables)
    }

    /// Moves the points of every start against its gradient; a gradient that is not finite moves nothing.
    mutating func apply(_ gradient: [Float], to points: inout [Float], rate: Float) {
        correctionFirst *= decayFirst
        correctionSecond *= decaySecond
        for offset in stride(from: 0, to: first.count, by: variables) {
            guard gradient[offset..<offset + variables].allSatisfy(\.isFinite) else { continue }
            basis.analyse(gradient, at: offset, into: &coefficients)
            for index in 0..<variables {
                let slope = coefficients[index]
                let mean = decayFirst * first[offset + index] + (1 - decayFirst) * slope
                let size = decaySecond * second[offset + index] + (1 - decaySecond) * slope * slope
                first[offset + index] = mean
                second[offset + index] = size
                let root = (size / (1 - correctionSecond)).squareRoot()
                coefficients[index] = -rate * mean / (1 - correctionFirst) / (root + 1e-12)
            }
            basis.add(coefficients, to: &points, at: offset)
        }
    }
}
