import Foundation
import Objectives
import Testing

@Suite("Documentation")
struct DocumentationTests {
    @Test(
        "the page of objectives has the tables that the parser's tests go by",
        arguments: [
            ("values", ObjectiveGrammar.values), ("goals", ObjectiveGrammar.goals),
            ("guardrails", ObjectiveGrammar.guardrails),
        ])
    func grammar(name: String, forms: [ObjectiveGrammar.Form]) throws {
        let page = try Repository.text("Documentation/objectives.md")
        let rows = forms.map { "| `` \($0.form) `` | \($0.meaning) |\n" }.joined()
        #expect(page.contains("<!-- \(name) -->\n| written | means |\n|---|---|\n\(rows)\n"), "\(rows)")
    }

    @Test(
        "commands shown in the documentation exist, with every option",
        arguments: [
            "README.md", "Documentation/training.md", "Documentation/architecture.md", "Documentation/objectives.md",
            "Documentation/benchmarks.md", "Documentation/frames.md", "Documentation/pixels.md",
            "Documentation/guardrails.md", "Documentation/scoreboard.md", "Documentation/plants.md",
            "Documentation/logs.md", "Documentation/service.md",
        ])
    func commands(page: String) throws {
        let reference = try Repository.text("Documentation/commands.md")
        let text = try Repository.text(page)
        let shown = text.components(separatedBy: "\\\n").joined(separator: " ").split(separator: "\n")
            .filter { $0.hasPrefix("foresight ") || $0.hasPrefix("$ foresight ") }
        if page == "README.md" { #expect(shown.count >= 7) }
        for line in shown {
            let words = Array(line.split(separator: " ").drop { $0 == "$" || $0 == "foresight" })
            // A command may stand behind another: `benchmark identification`.
            let both = words.prefix(2).joined(separator: " ")
            let isNested = reference.contains("\n## foresight \(both)\n")
            let command = isNested ? both : String(try #require(words.first))
            let section = try #require(
                reference.components(separatedBy: "\n## foresight \(command)\n").dropFirst().first,
                "\(command) is not in commands.md")
            let body = section.components(separatedBy: "\n## ")[0]
            // What stands in quotation marks is not ours to judge.
            let options = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 0 }.flatMap { $0.element.split(separator: " ") }
                .filter { $0.hasPrefix("--") }
            for option in options {
                #expect(body.contains("`\(option)"), "\(command) has no \(option): \(line)")
            }
        }
    }

    @Test("no code stands half on one line and half on the next, where it would be shown with a gap")
    func codeInOneLine() throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Repository.folder.appendingPathComponent("Documentation").path)
        let pages = names.filter { $0.hasSuffix(".md") }.map { "Documentation/\($0)" }
        #expect(pages.count > 10)
        for page in pages + ["README.md", "CONTRIBUTING.md"] {
            var isFenced = false
            for (place, line) in try Repository.text(page).components(separatedBy: "\n").enumerated() {
                if line.hasPrefix("```") {
                    isFenced.toggle()
                    continue
                }
                guard !isFenced else { continue }
                // Between two marks there may be single ones.
                let outside = line.components(separatedBy: "``").enumerated().filter { $0.offset % 2 == 0 }
                let marks = outside.reduce(0) { sum, part in sum + part.element.count { $0 == "`" } }
                #expect(marks % 2 == 0, "\(page) line \(place + 1): \(line)")
            }
        }
    }

    @Test(
        "links between pages lead to files",
        arguments: [
            "README.md", "CONTRIBUTING.md", "Documentation/training.md", "Documentation/objectives.md",
            "Documentation/architecture.md", "Documentation/benchmarks.md", "Documentation/frames.md",
            "Documentation/plants.md", "Documentation/patients.md", "Documentation/guardrails.md",
            "Documentation/scoreboard.md", "Documentation/speed.md", "Documentation/pixels.md",
            "Documentation/logs.md", "Documentation/service.md",
        ])
    func links(page: String) throws {
        let text = try Repository.text(page)
        let folder = Repository.folder.appendingPathComponent(page).deletingLastPathComponent()
        for part in text.components(separatedBy: "](").dropFirst() {
            let target = part.prefix { $0 != ")" && $0 != "#" }
            guard target.contains("."), !target.contains(" "), !target.hasPrefix("http") else { continue }
            let path = folder.appendingPathComponent(String(target)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(page) links to \(target)")
        }
    }
}
