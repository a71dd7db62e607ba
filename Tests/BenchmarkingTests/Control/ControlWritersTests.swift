import Basics
import Records
import Synchronization
import Testing
import _TestSupport

@testable import Benchmarking

@Suite("Commands that judge in one folder")
struct ControlWritersTests {
    @Test("What another command writes is waited for, and is nobody else's meanwhile")
    func waits() throws {
        try withTemporaryFolder { path in
            let archive = ControlArchive(try RunFolder.create(at: path + "/run"))
            let file = ControlArchive.Key("cstr", "own", .baseline, model: 0).file
            let other = try #require(try archive.lock(file))
            let waits = Mutex<[String]>([])
            var benchmark = ControlBenchmark([])
            benchmark.watch = { phase in
                guard case .waiting(let file) = phase else { return }
                let count = waits.withLock { files -> Int in
                    files.append(file)
                    return files.count
                }
                if count == 2 { other.release() }
            }
            var isFree = true
            try benchmark.alone(file, archive) { isFree = try archive.lock(file) != nil }
            #expect(!isFree)
            let told = waits.withLock { $0 }
            #expect(told == [archive.folder.file(file), archive.folder.file(file)])
            // Nothing is left, and who is interrupted while waiting ends.
            #expect(Folder.names(in: archive.folder.file("episodes")).isEmpty)
            struct Ended: Error {}
            let held = try #require(try archive.lock(file))
            benchmark.watch = { _ in throw Ended() }
            #expect(throws: Ended.self) { try benchmark.alone(file, archive) {} }
            held.release()
        }
    }
}
