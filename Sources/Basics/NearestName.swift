/// The name among the candidates that is nearest to what was typed, by edit distance, or `nil` when none is near.
///
/// Damerau–Levenshtein distance without case; a name counts as near up to a third of its length, at least two edits, as long
/// as one letter is common.
public func nearestName(to typed: String, among candidates: some Sequence<String>) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let distance = editDistance(Array(typed.lowercased()), Array(candidate.lowercased()))
        let length = max(typed.count, candidate.count)
        guard distance <= max(2, length / 3), distance < length else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// The question whether a name was meant that is near to what was typed, such as `did you mean 'depth'?`; `nil` when none is
/// near.
///
/// - Parameters:
///   - typed: What was typed.
///   - candidates: All that could have been meant.
///   - isQuoted: Whether the name stands between quotation marks, as where the message quotes what was typed.
/// - Returns: The question, or `nil`.
public func nearestNameQuestion(
    to typed: String, among candidates: some Sequence<String>, isQuoted: Bool = false
) -> String? {
    nearestName(to: typed, among: candidates).map { isQuoted ? "did you mean '\($0)'?" : "did you mean \($0)?" }
}

/// The remedy for a name that is not known: the question whether a near one was meant, then all that there are, such as
/// `did you mean 'depth'? known are depth, width`.
///
/// - Parameters:
///   - typed: What was typed.
///   - names: All that could have been meant, in the order in which they are listed.
///   - isQuoted: Whether the name in the question stands between quotation marks.
///   - lead: The words before the list.
/// - Returns: The remedy, without the question when none is near.
public func nearestNameRemedy(
    to typed: String, among names: [String], isQuoted: Bool = false, lead: String = "known are"
) -> String {
    let question = nearestNameQuestion(to: typed, among: names, isQuoted: isQuoted).map { $0 + " " } ?? ""
    return "\(question)\(lead) \(names.joined(separator: ", "))"
}

/// The least number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { rows[i][0] = i }
    for j in 0...b.count { rows[0][j] = j }
    for i in 1...a.count {
        for j in 1...b.count {
            let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
            rows[i][j] = best
        }
    }
    return rows[a.count][b.count]
}
