import Basics
import Foundation
import Records
import Testing
import _TestSupport

@Suite("Metrics")
struct MetricsLogTests {
    @Test("Each step is one JSON line, in the order given, with null for what is not finite")
    func lines() throws {
        try withTemporaryFolder { folder in
            let log = try MetricsLog(path: folder + "/metrics.jsonl", resumingAfter: nil)
            try log.append(step: 1, ["loss/total": 0.5, "diagnostics/effective_rank": 3])
            // Each line is on disk as soon as it is appended: nothing waits in a buffer.
            #expect(
                try InputFile.text(folder + "/metrics.jsonl")
                    == "{\"step\":1,\"loss/total\":0.5,\"diagnostics/effective_rank\":3.0}\n")
            try log.append(step: 2, ["loss/total": .nan])
            let rows = try MetricsLog.read(folder + "/metrics.jsonl")
            #expect(rows.map(\.step) == [1, 2])
            #expect(rows[0].values == ["loss/total": 0.5, "diagnostics/effective_rank": 3])
            #expect(rows[1].values == ["loss/total": nil])
        }
    }

    @Test("Resuming keeps what the checkpoint knows, drops later steps and a torn line", arguments: [0, 2, 5])
    func resumed(lastStep: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/metrics.jsonl"
            let whole = (1...4).map { "{\"step\":\($0),\"a\":1.0}\n" }
            try AtomicFile.write(whole.joined() + "{\"step\":5,\"a\":", to: path)
            let log = try MetricsLog(path: path, resumingAfter: lastStep)
            let kept = whole.prefix(lastStep).joined()
            #expect(try InputFile.text(path) == kept)
            try log.append(step: lastStep + 1, ["a": 2])
            #expect(try InputFile.text(path) == kept + "{\"step\":\(lastStep + 1),\"a\":2.0}\n")
        }
    }

    @Test("A new log replaces an old one, and resuming without one begins it")
    func begun() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/metrics.jsonl"
            _ = try MetricsLog(path: path, resumingAfter: 10)
            #expect(try InputFile.text(path) == "")
            try AtomicFile.write("{\"step\":1}\n", to: path)
            _ = try MetricsLog(path: path, resumingAfter: nil)
            #expect(try InputFile.text(path) == "")
        }
    }

    @Test("A line in the middle that is no metric is named", arguments: ["nonsense", "{\"a\":1}", "[1]"])
    func damaged(line: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/metrics.jsonl"
            try AtomicFile.write("{\"step\":1}\n\(line)\n{\"step\":2}\n", to: path)
            let error = #expect(throws: ForesightError.self) { try MetricsLog(path: path, resumingAfter: 2) }
            #expect(error?.message == "line 2 of \(path) is no metric")
            #expect(error?.code == .data)
        }
    }

    @Test("A disk that fills up while appending is named")
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/metrics.jsonl"
            let disk = FillingStorage(capacity: 60)
            let log = try MetricsLog(path: path, resumingAfter: nil, storage: disk)
            try log.append(step: 1, ["a": 1])
            let error = #expect(throws: ForesightError.self) {
                for step in 2..<10 { try log.append(step: step, ["a": 1]) }
            }
            #expect(error?.message == "cannot append to \(path): no space left on device")
            // Whole lines before it can still be read.
            #expect(try MetricsLog.read(path).map(\.step) == [1, 2, 3])
        }
    }
}
