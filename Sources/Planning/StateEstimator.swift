/// Turns what is observed in a running loop into the state that predictions start from.
///
/// A learned model keeps a window of rows and encodes it; a plant's true equations would need an observer.
public protocol StateEstimator {
    /// What predictions start from.
    associatedtype State

    /// Forgets everything, as before the first sample.
    mutating func reset()

    /// Takes in one sample.
    ///
    /// - Parameters:
    ///   - observation: What the sensors show now `[output]`, physical units.
    ///   - previousAction: The actions that were in force until now `[action]`, physical units.
    ///   - disturbance: What acts on the system now and nobody decides `[disturbance]`, physical units; empty when
    ///     nothing of the kind is measured.
    mutating func update(observation: [Double], previousAction: [Double], disturbance: [Double])

    /// The state after the samples taken in so far.
    ///
    /// - Throws: `ForesightError` when there are too few samples or some are missing.
    func state() throws -> State
}
