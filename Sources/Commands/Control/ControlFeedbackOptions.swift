import ArgumentParser
import Basics
import Planning
import Plants

/// What breaks in a closed loop, and what is done with how far predictions were off.
struct ControlFeedbackOptions: ParsableArguments {
    @Option(
        name: .customLong("fault"), parsing: .singleValue,
        help: ArgumentHelp(
            """
            What breaks in every episode, unannounced: stuck:CHANNEL@TIME (an actuator or a sensor), \
            drift:CHANNEL:RATE@TIME (a sensor, such as drift:T1:0.5/min@5min) or change:PARAMETER:FACTOR@TIME (a \
            parameter, the effect of an action or a disturbance, such as change:Q1:0.7@5min); may be repeated.
            """, valueName: "fault"))
    var faults: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            What becomes of calibrated bands as observations come: widen (never narrower than calibrated), follow (either \
            way) or off.
            """, valueName: "way"))
    var recalibrate = FeedbackOptions.Recalibration.widen.rawValue

    @Option(
        help: ArgumentHelp(
            """
            What follows when predictions are no longer what calibration promised: widen (the bands, at once), fallback \
            (the safe action until they hold again) or note.
            """, valueName: "response"))
    var onSurprise = FeedbackOptions.Response.widen.rawValue

    @Flag(
        help: "Do not correct predictions by their mean error in the episode so far, as far as it is more than chance.")
    var noCorrection = false

    /// What is done with errors.
    ///
    /// - Throws: `ForesightError.usage` for a word that is not known.
    func feedback() throws -> FeedbackOptions {
        FeedbackOptions(
            recalibration: try Self.recalibration(recalibrate),
            response: try Self.word(onSurprise, option: "--on-surprise"), corrects: !noCorrection)
    }

    /// What becomes of calibrated bands.
    ///
    /// - Throws: `ForesightError.usage` for a word that is not known.
    static func recalibration(_ text: String) throws -> FeedbackOptions.Recalibration {
        try word(text, option: "--recalibrate")
    }

    /// The faults, which a plant must have.
    ///
    /// - Throws: `ForesightError.usage` for what cannot be read or cannot break.
    func faults(on plant: any Plant) throws -> [PlantFault] {
        try faults.map { text in
            let fault = try FaultText.fault(text)
            try fault.requireFit(plant)
            return fault
        }
    }

    private static func word<Word: CaseIterable & RawRepresentable>(_ text: String, option: String) throws -> Word
    where Word.RawValue == String {
        if let known = Word(rawValue: text) { return known }
        let names = Word.allCases.map(\.rawValue)
        throw ForesightError.usage(
            "\(option) '\(text)' is not known", remedy: nearestNameRemedy(to: text, among: names, isQuoted: true))
    }
}
