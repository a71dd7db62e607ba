import Basics

/// Something that is eaten.
public struct Meal: Sendable, Hashable, Codable {
    /// When it begins, whole minutes since the start.
    public var minute: Int
    /// Its carbohydrate, g.
    public var grams: Double

    /// Creates a meal.
    public init(minute: Int, grams: Double) {
        precondition(minute >= 0 && grams >= 0, "\(grams) g at minute \(minute)")
        self.minute = minute
        self.grams = grams
    }
}

/// What a patient eats: given meals, or habits from which every day is drawn anew.
public struct MealPlan: Sendable, Hashable, Codable {
    /// One of the meals of a day: whether, when and how much.
    public struct Habit: Sendable, Hashable, Codable {
        /// The probability that it is taken on a day.
        public var probability: Double
        /// The hours of the day between which it begins.
        public var hours: ClosedRange<Double>
        /// The hour around which it begins, normally distributed within `hours`.
        public var usualHour: Double
        /// The standard deviation of its beginning before it is cut off at the ends, h.
        public var hourDeviation: Double
        /// The mean of its carbohydrate, g.
        public var usualGrams: Double
        /// The standard deviation of its carbohydrate, g.
        public var gramsDeviation: Double

        /// Creates a habit.
        public init(
            probability: Double, hours: ClosedRange<Double>, usualHour: Double, hourDeviation: Double,
            usualGrams: Double, gramsDeviation: Double
        ) {
            precondition((0...1).contains(probability), "a probability of \(probability)")
            precondition(hours.contains(usualHour) && hourDeviation > 0, "\(usualHour) h is not within \(hours)")
            self.probability = probability
            self.hours = hours
            self.usualHour = usualHour
            self.hourDeviation = hourDeviation
            self.usualGrams = usualGrams
            self.gramsDeviation = gramsDeviation
        }
    }

    /// The habits of a day; empty where meals are given.
    public var habits: [Habit]
    /// The given meals.
    public var meals: [Meal]

    /// Given meals.
    public init(_ meals: [Meal]) {
        habits = []
        self.meals = meals
    }

    /// Days drawn from habits.
    public init(habits: [Habit]) {
        self.habits = habits
        meals = []
    }

    /// Three meals and three snacks, as simglucose's random scenario has them.
    public static let ordinary = MealPlan(habits: [
        Habit(
            probability: 0.95, hours: 5...9, usualHour: 7, hourDeviation: 1, usualGrams: 45, gramsDeviation: 10),
        Habit(
            probability: 0.3, hours: 9...10, usualHour: 9.5, hourDeviation: 0.5, usualGrams: 10, gramsDeviation: 5),
        Habit(
            probability: 0.95, hours: 10...14, usualHour: 12, hourDeviation: 1, usualGrams: 70, gramsDeviation: 10),
        Habit(
            probability: 0.3, hours: 14...16, usualHour: 15, hourDeviation: 0.5, usualGrams: 10, gramsDeviation: 5),
        Habit(
            probability: 0.95, hours: 16...20, usualHour: 18, hourDeviation: 1, usualGrams: 80, gramsDeviation: 10),
        Habit(
            probability: 0.3, hours: 20...23, usualHour: 21.5, hourDeviation: 0.5, usualGrams: 10, gramsDeviation: 5),
    ])

    /// The meals that begin on a day.
    ///
    /// - Parameters:
    ///   - day: The day, from 0.
    ///   - seed: Decides what is drawn from habits; the same day of a seed is always the same.
    /// - Returns: The meals in the order of their beginnings.
    public func meals(on day: Int, seed: UInt64) -> [Meal] {
        let first = day * Self.minutesOfDay
        var found = meals.filter { (first..<first + Self.minutesOfDay).contains($0.minute) }
        var generator = SeededGenerator(seed: seed, stream: 1024 + UInt64(day))
        for habit in habits where generator.uniform() < habit.probability {
            var hour = habit.usualHour + habit.hourDeviation * generator.normal()
            while !habit.hours.contains(hour) { hour = habit.usualHour + habit.hourDeviation * generator.normal() }
            let grams = (habit.usualGrams + habit.gramsDeviation * generator.normal()).rounded()
            found.append(Meal(minute: first + Int((hour * 60).rounded()), grams: max(0, grams)))
        }
        return found.sorted { $0.minute < $1.minute }
    }

    /// Minutes of a day.
    static let minutesOfDay = 1440
}

/// One run of a plan, minute by minute: what is announced, and what is eaten of it at the eating rate of a patient.
struct MealSchedule: Sendable {
    private let plan: MealPlan
    private let seed: UInt64
    /// Of the days that were asked for so far.
    private var meals: [Meal] = []
    private var days = 0
    /// What is eaten in each minute of those days, g.
    private var eaten: [Double] = []
    private var left = 0.0

    init(_ plan: MealPlan, seed: UInt64) {
        self.plan = plan
        self.seed = seed
    }

    /// What is eaten per minute on average between two times, s since the start.
    mutating func rate(from start: Double, to end: Double) -> Double {
        prepare(until: end)
        return Self.mean(eaten, from: start, to: end)
    }

    /// The same for rows of a length from a time on, as far as meals that begin before `known` tell.
    mutating func announced(at start: Double, until known: Double, every length: Double, count: Int) -> [Double] {
        let end = start + Double(count) * length
        prepare(until: max(known, end))
        // A meal that nobody knows of may be eaten beside one that is known: each minute is divided anew.
        let first = max(0, Int(start / 60) - MealPlan.minutesOfDay)
        let last = Int((end / 60).rounded(.up))
        var rates = [Double](repeating: 0, count: max(0, last - first))
        var waiting = meals.filter { $0.minute >= first && Double($0.minute) * 60 < known }[...]
        var rest = 0.0
        for minute in first..<max(first, last) {
            while let meal = waiting.first, meal.minute <= minute {
                rest += meal.grams
                waiting.removeFirst()
            }
            rates[minute - first] = min(VirtualPatient.eatingRate, rest)
            rest -= rates[minute - first]
        }
        let offset = Double(first) * 60
        return (0..<count).map { row in
            let from = start + Double(row) * length - offset
            return Self.mean(rates, from: from, to: from + length)
        }
    }

    /// Adds a meal to a day that was asked for.
    mutating func add(_ meal: Meal) {
        prepare(until: Double(meal.minute + 1) * 60)
        meals.append(meal)
        meals.sort { $0.minute < $1.minute }
        eaten = []
        left = 0
        eat(meals[...], until: days * MealPlan.minutesOfDay)
    }

    private mutating func prepare(until end: Double) {
        while Double(days) * Double(MealPlan.minutesOfDay) * 60 < end {
            let today = plan.meals(on: days, seed: seed)
            meals += today
            days += 1
            eat(today[...], until: days * MealPlan.minutesOfDay)
        }
    }

    /// Eats meals in their order from where `eaten` ends up to a minute.
    private mutating func eat(_ served: ArraySlice<Meal>, until last: Int) {
        var next = served
        for minute in eaten.count..<last {
            while let meal = next.first, meal.minute <= minute {
                left += meal.grams
                next.removeFirst()
            }
            let bite = min(VirtualPatient.eatingRate, left)
            left -= bite
            eaten.append(bite)
        }
    }

    /// The mean of minutes between two times, s.
    private static func mean(_ minutes: [Double], from start: Double, to end: Double) -> Double {
        var sum = 0.0
        for minute in Int(start / 60)..<min(minutes.count, Int((end / 60).rounded(.up))) {
            let covered = min(end, Double(minute + 1) * 60) - max(start, Double(minute) * 60)
            sum += minutes[minute] * covered
        }
        return sum / (end - start)
    }
}
