import Basics
import Records
import Testing
import _TestSupport

private let python = Python(importing: "tensorboard.backend.event_processing.event_accumulator")

@Suite("TensorBoard event files")
struct TensorBoardTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test("The first record is, byte for byte, the one that TensorFlow writes")
    func firstRecord() throws {
        try withTemporaryFolder { folder in
            _ = try TensorBoardWriter(folder: folder, now: { 1_700_000_000 })
            let names = Folder.names(in: folder)
            #expect(names == ["events.out.tfevents.1700000000.0000"])
            // From tensorboard.summary.writer.record_writer.RecordWriter and event_pb2.Event of the stock package.
            let expected = "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d"
            #expect(hex(try InputFile.bytes("\(folder)/\(names[0])")) == expected)
        }
    }

    @Test("A scalar record is, byte for byte, the one that TensorFlow writes")
    func scalarRecord() throws {
        try withTemporaryFolder { folder in
            let writer = try TensorBoardWriter(folder: folder, now: { 1_700_000_000 })
            let path = "\(folder)/\(Folder.names(in: folder)[0])"
            let start = try InputFile.bytes(path).count
            try writer.append(step: 300, ["loss/total": 0.25, "a": -1])
            let expected =
                "2b00000000000000861bc34b0900000040fc54d94110ac022a1d0a110a0a6c6f73732f746f74616c150000803e"
                + "0a080a016115000080bfb5e64e19"
            #expect(hex(Array(try InputFile.bytes(path)[start...])) == expected)
        }
    }

    @Test("A disk that fills up is named")
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let writer = try TensorBoardWriter(folder: folder, storage: FillingStorage(capacity: 80), now: { 0 })
            let error = #expect(throws: ForesightError.self) {
                for step in 1..<9 { try writer.append(step: step, ["a": 1]) }
            }
            #expect(error?.message.hasSuffix(": no space left on device") == true)
        }
    }

    @Test("The stock reader sees every value", .enabled(if: python != nil, "needs the package tensorboard"))
    func stockReader() throws {
        try withTemporaryFolder { folder in
            let writer = try TensorBoardWriter(folder: folder, now: { 1_700_000_000.5 })
            for step in 0..<5 { try writer.append(step: step, ["loss/total": 1 / Double(step + 1), "Temp °C": 20]) }
            #expect(
                try read(folder) == [
                    "Temp °C 0 20.0 1 20.0 2 20.0 3 20.0 4 20.0", "loss/total 0 1.0 1 0.5 2 0.33333 3 0.25 4 0.2",
                ])
        }
    }

    @Test(
        "After resuming, the stock reader drops what the checkpoint did not know",
        .enabled(if: python != nil, "needs the package tensorboard"))
    func resumed() throws {
        try withTemporaryFolder { folder in
            let first = try TensorBoardWriter(folder: folder, now: { 1_700_000_000 })
            for step in 1...6 { try first.append(step: step, ["a": 1]) }
            let second = try TensorBoardWriter(folder: folder, resumingAfter: 4, now: { 1_700_000_000 })
            for step in 5...7 { try second.append(step: step, ["a": 2]) }
            #expect(try read(folder) == ["a 1 1.0 2 1.0 3 1.0 4 1.0 5 2.0 6 2.0 7 2.0"])
        }
    }

    private func read(_ folder: String) throws -> [String]? {
        let script = """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            a = EventAccumulator(sys.argv[1])
            a.Reload()
            for tag in sorted(a.Tags()["scalars"]):
                print(tag, *[f"{e.step} {round(e.value, 5)}" for e in a.Scalars(tag)])
            """
        return try python?.run(script, folder).split(separator: "\n").map(String.init)
    }
}
