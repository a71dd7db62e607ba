/// By how much a loop corrected what it predicted of one channel, at one lead time: what was added, which is what predictions
/// were off by on average as far as that is more than chance (``MeanError``).
public struct LeadCorrection: Sendable, Codable, Equatable {
    /// The predicted channel.
    public var channel: String
    /// Seconds ahead.
    public var lead: Double
    /// Predictions that plans started from.
    public var predictions = 0
    /// Of these, corrected ones.
    public var corrected = 0
    /// What was added that is furthest from nothing, physical units; 0 where nothing was.
    public var largest = 0.0
    /// What was added to the last prediction, physical units; of several episodes the mean.
    public var last = 0.0

    /// Creates the correction of predictions that are not made yet.
    ///
    /// - Parameters:
    ///   - channel: The predicted channel.
    ///   - lead: Seconds ahead.
    public init(channel: String, lead: Double) {
        self.channel = channel
        self.lead = lead
    }

    /// The share of the predictions that was corrected.
    public var share: Double { predictions > 0 ? Double(corrected) / Double(predictions) : 0 }

    /// Takes in what was added to a prediction, physical units; 0 where nothing was.
    mutating func take(_ correction: Double) {
        predictions += 1
        if correction != 0 { corrected += 1 }
        if abs(correction) > abs(largest) { largest = correction }
        last = correction
    }

    /// Pools episodes: one entry a channel and lead time, in the order in which these come first.
    public static func pooled(_ parts: [LeadCorrection]) -> [LeadCorrection] {
        struct Place: Hashable {
            var channel: String
            var lead: Double
        }
        var order: [Place] = []
        var known: [Place: [LeadCorrection]] = [:]
        for part in parts {
            let place = Place(channel: part.channel, lead: part.lead)
            if known[place] == nil { order.append(place) }
            known[place, default: []].append(part)
        }
        return order.map { place in
            var sum = LeadCorrection(channel: place.channel, lead: place.lead)
            // An episode without a plan has no end of corrections.
            let made = (known[place] ?? []).filter { $0.predictions > 0 }
            for part in made {
                sum.predictions += part.predictions
                sum.corrected += part.corrected
                if abs(part.largest) > abs(sum.largest) { sum.largest = part.largest }
                sum.last += part.last / Double(made.count)
            }
            return sum
        }
    }
}
