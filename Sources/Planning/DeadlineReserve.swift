/// How long before a deadline a search has to end for its answer to come in time, learned from the answers before it.
///
/// What comes after a search (judging the plan, its fallback and its alternatives) takes now this and now that long, and a
/// reserve for the typical answer would be too short for every tenth or hundredth. So it follows the longest ones of late. The
/// very longest are left out, as accidents: when the system takes the processor away for milliseconds, which a single plan
/// cannot know before. Where that happens to more than one plan in a hundred the machine is busy, the accidents are no longer
/// the longest alone, and the reserve grows by what the system takes. From a thread that goes before others nothing is taken, and
/// its longest answers are no accidents.
struct DeadlineReserve {
    /// So many answers are remembered.
    static let remembered = 256
    /// So many of them are accidents.
    private static let accidents = 2
    /// What is beyond the longest that were seen, and for what is given back to the system after the last look at the clock.
    private static let margin = 1.5
    /// The greatest part of a deadline that is kept back.
    private static let greatest = 0.5

    /// Seconds from the end of each search, or from when it should have ended, to its answer.
    private var tails: [Double] = []
    private var next = 0

    /// Whether no answer was seen yet.
    var isEmpty: Bool { tails.isEmpty }

    /// Takes notice of an answer.
    mutating func finished(in seconds: Double) {
        if tails.count < Self.remembered {
            tails.append(seconds)
        } else {
            tails[next] = seconds
            next = (next + 1) % Self.remembered
        }
    }

    /// Seconds to leave of a deadline, 0 where nothing is known; nothing is an accident to a thread that goes before others.
    func seconds(of deadline: Double, isRealTime: Bool = false) -> Double {
        // While few answers are known none of them is an accident for sure.
        let skipped = isRealTime ? 0 : Self.accidents * tails.count / Self.remembered
        var longest = [Double](repeating: 0, count: skipped + 1)
        for tail in tails {
            guard let place = longest.firstIndex(where: { $0 < tail }) else { continue }
            longest.insert(tail, at: place)
            longest.removeLast()
        }
        return min(Self.margin * longest[skipped], Self.greatest * deadline)
    }
}
