import Basics
public import Episodes

extension ModelDescription {
    /// Checks that episodes are sampled as the model's logs were: a step of the model is a stretch of time, and other samples
    /// would be read as slower or faster than they were. A clock that is 2 % off is taken as even.
    ///
    /// - Throws: `ForesightError.data` with both rates.
    public func check(samplingOf episodes: [Episode]) throws {
        for episode in episodes where !(abs(episode.samplingTime / samplingTime - 1) <= 0.02) {
            throw ForesightError.data(
                "\(episode.name) is sampled every \(episode.samplingTime.yaml) s, the model's logs every "
                    + "\(samplingTime.yaml) s",
                remedy: "bring it there with --resample \(samplingTime.yaml)")
        }
    }
}
