import Basics
public import Episodes

extension ModelDescription {
    /// Checks that episodes are sampled as the model's logs were: a step of the model is a stretch of time, and other samples
    /// would be read as slower or faster than they were. A clock that is 2 % off is taken as even.
    ///
    /// - Throws: `ForesightError.data` with both rates.
    public func check(samplingOf episodes: [Episode]) throws {
        for episode in episodes where !(abs(episode.samplingTime / samplingTime - 1) <= 0.02) {
            let (own, models) = (Self.rounded(episode.samplingTime), Self.rounded(samplingTime))
            throw ForesightError.data(
                "\(episode.name) is sampled every \(own) s, the model's logs every \(models) s",
                remedy: "bring it there with --resample \(models)"
                    + (episode.samplingTime < samplingTime ? " --resample-method average" : ""))
        }
    }

    private static func rounded(_ seconds: Double) -> String { ((seconds * 1e4).rounded() / 1e4).yaml }
}
