import Basics

/// Gives columns names that every format can store: no two are the same, none is that of the pictures or of the table of
/// episodes, and none has a slash, which would make a folder or a group.
public struct ColumnNames {
    /// Names that the columns of a data set cannot have, since something else is stored under them.
    public static let reserved: Set<String> = [
        FrameColumn.pixels, EpisodeTable.lengthName, EpisodeTable.offsetName,
    ]

    /// What was renamed, a sentence each.
    public private(set) var notes: [String] = []
    private var taken = ColumnNames.reserved
    private let prefix: String

    /// Begins with columns whose names are settled.
    ///
    /// - Parameters:
    ///   - settled: Their names.
    ///   - prefix: What stands before a name that is taken already.
    public init(settled: [String] = [], prefix: String = "column") {
        taken.formUnion(settled)
        self.prefix = prefix
    }

    /// The name of the next column.
    ///
    /// - Parameter written: Its name in the file.
    /// - Returns: The name with dots for slashes, and behind the prefix where another has it.
    public mutating func title(of written: String) -> String {
        let dotted = String(written.map { $0 == "/" ? "." : $0 })
        var title = dotted
        while !taken.insert(title).inserted {
            title = "\(prefix).\(title)"
        }
        if title != dotted { notes.append("\(written) is read as \(title)") }
        return title
    }
}

extension FrameLayout {
    /// Checks that columns can be stored under their names.
    ///
    /// - Parameter format: Where they are to be stored.
    /// - Throws: `ForesightError.data` naming the column that cannot.
    func checkNames(for format: FrameFormat) throws {
        for name in columns.map(\.name) {
            if ColumnNames.reserved.contains(name) {
                throw ForesightError.data(
                    "a column is called \(name), where \(name == FrameColumn.pixels ? "pictures" : "episodes") are stored",
                    remedy: "give it another name")
            }
            // Minari has names of its own for these.
            if format != .minari, name.contains("/") || name.isEmpty || name == "." || name == ".." {
                throw ForesightError.data(
                    "a column is called '\(name)', which is no name of a file", remedy: "give it another name")
            }
        }
    }
}
