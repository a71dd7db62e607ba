import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns what was typed into log files.
public enum LogPaths {
    /// The files that paths, folders and patterns name, in the order given; in a folder by name, numbers by value.
    ///
    /// A folder stands for its files with the ending of a log, also those in folders below; `*` and `?` match within
    /// one part of a path, `**` any parts.
    ///
    /// - Throws: `ForesightError.data` when a folder holds no logs or a pattern matches none; `ForesightError.usage`
    ///   when nothing was named.
    public static func resolve(_ paths: [String]) throws -> [String] {
        if paths.isEmpty {
            throw ForesightError.usage("no log is named", remedy: "name a CSV or NPZ file, or a folder of them")
        }
        var files: [String] = []
        var seen: Set<String> = []
        for path in paths {
            let found: [String]
            if Folder.exists(path) {
                found = logs(below: path)
                if found.isEmpty {
                    throw ForesightError.data(
                        "\(path) holds no logs (\(LogFile.endings.map { "." + $0 }.joined(separator: ", ")))",
                        remedy: "name the folder or the files that hold them")
                }
            } else if path.contains(where: { "*?[".contains($0) }), access(path, F_OK) != 0 {
                found = matches(path)
                if found.isEmpty {
                    throw ForesightError.data("no file matches \(path)", remedy: "check the pattern")
                }
            } else {
                found = [path]
            }
            files += found.filter { seen.insert($0).inserted }
        }
        return files
    }

    private static func logs(below folder: String) -> [String] {
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        return sorted(Folder.names(in: base)).filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
            let path = "\(base)/\(name)"
            if Folder.exists(path) { return logs(below: path) }
            let lowered = name.lowercased()
            // Folders of logs come with a page about them.
            if lowered.hasPrefix("readme") || lowered.hasPrefix("license") { return [] }
            return LogFile.endings.contains { lowered.hasSuffix("." + $0) } ? [path] : []
        }
    }

    private static func matches(_ pattern: String) -> [String] {
        let parts = pattern.split(separator: "/").map(String.init)
        let root = pattern.hasPrefix("/") ? "/" : ""
        return expand(parts[...], from: root).filter { !Folder.exists($0) }
    }

    private static func expand(_ parts: ArraySlice<String>, from base: String) -> [String] {
        guard let part = parts.first else { return [base] }
        func child(_ name: String) -> String { base.isEmpty || base.hasSuffix("/") ? base + name : "\(base)/\(name)" }
        let rest = parts.dropFirst()
        guard part.contains(where: { "*?[".contains($0) }) else {
            return access(child(part), F_OK) == 0 ? expand(rest, from: child(part)) : []
        }
        let names = sorted(Folder.names(in: base.isEmpty ? "." : base)).filter { !$0.hasPrefix(".") }
        if part == "**" {
            let here = rest.isEmpty ? [] : expand(rest, from: base)
            let below = names.flatMap { name -> [String] in
                if Folder.exists(child(name)) { return expand(parts, from: child(name)) }
                return rest.isEmpty ? [child(name)] : []
            }
            return here + below
        }
        return names.filter { fnmatch(part, $0, 0) == 0 }.flatMap { expand(rest, from: child($0)) }
    }

    /// Names in the order a person expects: `2.csv` before `10.csv`.
    private static func sorted(_ names: [String]) -> [String] {
        names.map { (key: key($0), name: $0) }.sorted { a, b in
            for (x, y) in zip(a.key, b.key) where x != y {
                if let m = Int(x), let n = Int(y), m != n { return m < n }
                return x < y
            }
            return (a.key.count, a.name) < (b.key.count, b.name)
        }.map(\.name)
    }

    /// The runs of digits and of other characters.
    private static func key(_ name: String) -> [String] {
        var runs: [String] = []
        var wasDigit: Bool?
        for character in name {
            let isDigit = character.isASCII && character.isNumber
            if isDigit == wasDigit { runs[runs.count - 1].append(character) } else { runs.append(String(character)) }
            wasDigit = isDigit
        }
        return runs
    }
}
