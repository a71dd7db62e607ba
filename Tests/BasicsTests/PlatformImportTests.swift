import Foundation
import Testing

@Suite("Imports of the system's library")
struct PlatformImportTests {
    @Test("Where Glibc is imported, Musl takes its place", arguments: ["Sources", "Tests", "Benchmarks", "Examples"])
    func musl(folder: String) throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let root = package.appending(path: folder).path
        guard let names = FileManager.default.enumerator(atPath: root) else { return }
        for case let name as String in names where name.hasSuffix(".swift") && !name.contains(".build/") {
            let text = try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
            // Put together, so that this file is not found itself.
            let (glibc, musl) = ("canImport(" + "Glibc)", "canImport(" + "Musl)")
            guard text.contains(glibc) else { continue }
            let counts = [glibc, musl].map { text.components(separatedBy: $0).count }
            #expect(counts[0] == counts[1], "\(folder)/\(name)")
        }
    }
}
