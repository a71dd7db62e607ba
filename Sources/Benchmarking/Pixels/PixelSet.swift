import Basics
public import Plants
public import WorldModels

/// What acts by a model.
public enum PixelPlanner: String, Sendable, Codable, CaseIterable {
    /// A search in representation space, in receding horizon.
    case search
    /// A linear-quadratic regulator in representation space, `LatentRegulator`, of dynamics that were identified from recorded
    /// representations and look back on several steps.
    case regulator
    /// The same of dynamics that know the present representation alone.
    case memoryless
    /// The same of the predictor, linearised at the goal.
    case jacobian

    /// Steps that identified dynamics may look back on; `nil` where nothing is identified.
    var lags: [Int]? {
        switch self {
        case .search, .jacobian: nil
        case .memoryless: [1]
        case .regulator: LatentAutoregression.usualLags
        }
    }
}

/// A world with what is recorded of it, what is asked in it, and what others have published.
public struct PixelSet: Sendable {
    /// The name by which commands know it.
    public var name: String
    /// What it is, one line.
    public var about: String
    /// The world and its rules.
    public var task: any PixelTask
    /// The policies that record, in turn, one an episode.
    public var policies: [WorldPolicy]
    /// The policies of the episodes that pairs are drawn from; `nil` for the same.
    public var pairPolicies: [WorldPolicy]?
    /// The policies that record what a regulator identifies its dynamics from; `nil` for the same as are learned from.
    public var excitation: [WorldPolicy]?
    /// Episodes that are recorded to learn from.
    public var episodes: Int
    /// Rows of an episode.
    public var rows: Int
    /// What of the settings of training differs from the defaults because of the world: how many pictures tell its state, how
    /// fast it is.
    public var adapt: @Sendable (inout ImageSettings) -> Void
    /// What acts unless another is asked for.
    public var planner = PixelPlanner.search
    /// Published success under each rule, %: system and value.
    public var published: [PixelRule: [(system: String, value: Double)]]
    /// What is to be reached under each rule, %.
    public var reach: [PixelRule: Double]

    /// Settings of training for this world: the defaults, what the world asks for, and over them what was typed. Weights that
    /// the world asks for are those of its recipe: another one that is typed has its own.
    ///
    /// - Throws: `ForesightError.usage` for a setting that does not exist or does not fit.
    public func settings(_ overrides: [String]) throws -> ImageSettings {
        var settings = ImageSettings()
        adapt(&settings)
        let typed = overrides.last { $0.hasPrefix("recipe=") }.map { String($0.dropFirst("recipe=".count)) }
        if let typed, typed != settings.recipe {
            (settings.prediction, settings.sigreg, settings.variance) = (nil, nil, nil)
            (settings.covariance, settings.smoothness, settings.inverse) = (nil, nil, nil)
            if typed == ImageRecipe.frozen.name {
                let usual = ImageSettings()
                (settings.encoder, settings.predictor) = (usual.encoder, usual.predictor)
                (settings.horizon, settings.predictorSteps) = (usual.horizon, 0)
            }
        }
        return try ImageSettings.parse(yaml: settings.yaml(), source: name, overrides: overrides)
    }

    /// All sets.
    public static let all: [PixelSet] = [.twoRooms, .wall, .pointMaze, .reacher, .pushT, .cartPole]

    static let twoRooms = PixelSet(
        name: "two-rooms", about: "a dot from one room into the other, through a door", task: TwoRoomsTask(),
        policies: [WorldPolicy(.guided), WorldPolicy(.held)], episodes: 1000, rows: 90, adapt: { _ in },
        published: [
            .moderate: [("LeWM, audited", 84.0)], .strict: [("LeWM, audited", 58.3)],
        ], reach: [.moderate: 98, .strict: 95])

    static let wall = PixelSet(
        name: "wall", about: "a dot to the other side of a wall, through its door", task: WallTask(),
        policies: [WorldPolicy(.guided), WorldPolicy(.held)], episodes: 1000, rows: 60, adapt: { _ in },
        published: [.moderate: [("JEPA-WM", 78.8), ("DINO-WM", 64.1)]], reach: [.moderate: 95])

    static let pointMaze = PixelSet(
        name: "point-maze", about: "a ball that forces push through a U-shaped maze", task: MazeTask(PointMaze(.uMaze)),
        policies: [WorldPolicy(.guided), WorldPolicy(.drifting)], episodes: 1000, rows: 100,
        adapt: { $0.stack = 2 }, published: [.moderate: [("JEPA-WM", 83.9), ("DINO-WM", 81.6)]],
        reach: [.moderate: 95])

    static let reacher = PixelSet(
        name: "reacher", about: "an arm of two links into a posture", task: ReacherTask(),
        policies: [WorldPolicy(.drifting), WorldPolicy(.guided)], episodes: 1000, rows: 100,
        adapt: {
            $0.stack = 2
            // The wrist is learned late: it moves few pixels.
            $0.steps = 4000
        },
        published: [.moderate: [("LeWM, audited", 46.0)], .strict: [("LeWM, audited", 43.0)]],
        reach: [.moderate: 90, .strict: 85])

    static let pushT = PixelSet(
        name: "push-t", about: "a block to a pose, by a disc that pushes it", task: PushTTask(),
        policies: [WorldPolicy(.guided), WorldPolicy(.guided, noise: 0.15)], episodes: 4000, rows: 100,
        adapt: {
            // SIGReg's random directions do not ask for the angle of the block: twenty of 192 directions in use look normal.
            ($0.recipe, $0.encoder) = ("vicreg-inverse", .keypoints)
            ($0.prediction, $0.smoothness, $0.inverse) = (12, 12, 4)
            // A push in the second row decides what the third meets.
            $0.predictor = .rowwise
            // Free runs teach the encoder to leave out what is hard to foresee: the block.
            ($0.horizon, $0.predictorSteps) = (1, 40000)
            ($0.width, $0.hidden, $0.batch, $0.steps) = (192, 512, 128, 9000)
        },
        published: [.moderate: [("LeWM, audited", 86.3)], .strict: [("LeWM, audited", 70.3)]],
        reach: [.moderate: 90, .strict: 75])

    static let cartPole = PixelSet(
        name: "cart-pole", about: "a pole held upright by a linear regulator of representations", task: CartPoleTask(),
        // Poles that hardly ever fall: of these the angle near upright is read best.
        policies: [WorldPolicy(.guided, noise: 0.2), WorldPolicy(.guided, noise: 0.4)],
        pairPolicies: [WorldPolicy(.guided), WorldPolicy(.guided, noise: 0.6)],
        // Forces that forget at once tell what they do apart from what feedback answers.
        excitation: [WorldPolicy(.guided, memory: 1, noise: 0.5)], episodes: 600, rows: 150,
        adapt: {
            $0.stack = 2
            $0.block = 2
            ($0.horizon, $0.inverseSteps) = (3, 3)
            $0.steps = 4000
            $0.distanceSteps = 0
        }, planner: .regulator, published: [.moderate: [("endpoint inverse dynamics", 100), ("without", 0)]],
        reach: [.moderate: 100])
}
