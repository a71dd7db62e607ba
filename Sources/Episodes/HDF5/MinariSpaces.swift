import Basics

/// What Minari notes beside a data set: counts, and the spaces of observations and actions.
enum MinariSpaces {
    /// The columns that Minari keeps outside the observations.
    static let reward = "reward"
    static let terminations = "terminations"
    static let truncations = "truncations"
    static let outside: Set<String> = [FrameColumn.action, reward, terminations, truncations]

    /// A name without slashes, which would make groups.
    static func key(_ name: String) -> String { String(name.map { $0 == "/" ? "_" : $0 }) }

    /// The content of `metadata.json`.
    static func metadata(_ layout: FrameLayout, name: String) -> JSONValue {
        let size = layout.frameSize
        var spaces = [FrameColumn.pixels: box("uint8", [size.height, size.width, 3], 0, 255)]
        // Nothing is known of their limits.
        let limit = Double(Float.greatestFiniteMagnitude)
        for column in layout.columns where !outside.contains(column.name) || column.width != 1 {
            if column.name == FrameColumn.action { continue }
            spaces[key(column.name)] = box("float32", column.shape, -limit, limit)
        }
        let action = layout.columns.first { $0.name == FrameColumn.action }?.shape ?? [0]
        let observation: JSONValue = ["type": "Dict", "subspaces": .object(spaces)]
        return [
            "dataset_id": .string(name), "data_format": "hdf5", "minari_version": "0.5.4",
            "jpeg_encoding": .bool(false),
            "total_episodes": .integer(layout.lengths.count),
            "total_steps": .integer(layout.rowCount - layout.lengths.count),
            // Both are JSON texts within the JSON.
            "observation_space": .string(observation.text()),
            "action_space": .string(box("float32", action, -limit, limit).text()),
        ]
    }

    private static func box(_ type: String, _ shape: [Int], _ low: Double, _ high: Double) -> JSONValue {
        func filled(_ shape: ArraySlice<Int>, _ value: Double) -> JSONValue {
            guard let count = shape.first else { return type == "uint8" ? .integer(Int(value)) : .number(value) }
            return .array([JSONValue](repeating: filled(shape.dropFirst(), value), count: count))
        }
        return [
            "type": "Box", "dtype": .string(type), "shape": .array(shape.map { .integer($0) }),
            "low": filled(shape[...], low), "high": filled(shape[...], high),
        ]
    }
}
