import Basics
import Testing

@testable import Episodes

@Suite("NumPy archives and written logs")
struct NumPyTests {
    /// An array as NumPy writes it, with any element type.
    private func npy(
        _ descriptor: String, _ shape: String, _ payload: [UInt8], fortran: Bool = false, version: UInt8 = 1
    ) -> [UInt8] {
        let header = "{'descr': '\(descriptor)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
        let count = header.utf8.count
        var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0, UInt8(count & 255), UInt8(count >> 8)]
        if version > 1 { bytes += [0, 0] }
        return bytes + header.utf8 + payload
    }

    @Test("Element types")
    func elements() throws {
        #expect(
            try NPYArray(npy("<i4", "(2,)", [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]), source: "a")?.values == [1, -2])
        #expect(try NPYArray(npy(">i2", "(2,)", [0, 1, 0xFF, 0xFE]), source: "a")?.values == [1, -2])
        #expect(try NPYArray(npy("|u1", "(3,)", [0, 200, 255]), source: "a")?.values == [0, 200, 255])
        #expect(try NPYArray(npy("|b1", "(2,)", [0, 1]), source: "a")?.values == [0, 1])
        #expect(try NPYArray(npy("<f4", "(1,)", [0, 0, 0xC0, 0x3F], version: 2), source: "a")?.values == [1.5])
        #expect(try NPYArray(npy("<f8", "()", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]), source: "a")?.values == [1.5])
        // Half precision: 1.5, −2⁻²⁴ (the least), 65504 (the greatest), infinity, 2⁻¹⁴ (the least with all digits).
        let halves: [UInt8] = [0, 0x3E, 1, 0x80, 0xFF, 0x7B, 0, 0x7C, 0, 4]
        #expect(
            try NPYArray(npy("<f2", "(5,)", halves), source: "a")?.values == [1.5, -0x1p-24, 65504, .infinity, 0x1p-14])
        #expect(try NPYArray(npy(">f2", "(1,)", [0xBE, 0]), source: "a")?.values == [-1.5])
        #expect(try NPYArray(npy("<f2", "(1,)", [1, 0x7E]), source: "a")?.values.first?.isNaN == true)
        #expect(
            try NPYArray(npy("<u8", "(1,)", [255, 255, 255, 255, 255, 255, 255, 255]), source: "a")?.values == [0x1p64])
        #expect(try NPYArray(npy("<U3", "(1,)", [UInt8](repeating: 0, count: 12)), source: "a") == nil)
        let date = try NPYArray(npy("<M8[ms]", "(1,)", [0xE8, 3, 0, 0, 0, 0, 0, 0]), source: "a")
        #expect(date?.values == [1000] && date?.secondsPerUnit == 1e-3)
    }

    @Test("Column-major arrays are turned")
    func fortran() throws {
        let array = try NPYArray(npy("|i1", "(2, 3)", [1, 4, 2, 5, 3, 6], fortran: true), source: "a")
        #expect(array?.values == [1, 2, 3, 4, 5, 6])
    }

    @Test("Damaged arrays are refused")
    func damaged() {
        #expect(throws: ForesightError.self) { try NPYArray(npy("<f8", "(2,)", [0, 0]), source: "a") }
        #expect(throws: ForesightError.self) { try NPYArray(npy("<f8", "(-2,)", [0, 0]), source: "a") }
        #expect(throws: ForesightError.self) { try NPYArray(npy("<f8", "(4611686018427387904, 4)", [0]), source: "a") }
        #expect(throws: ForesightError.self) { try NPYArray([1, 2, 3], source: "a") }
    }

    @Test("Keys become channels, [time, k] becomes k of them, a time and a rate are recognised")
    func keys() throws {
        var zip = ZipWriter()
        zip.add("time.npy", NPYArray(shape: [3], values: [0, 2, 4]).encoded())
        zip.add("x.npy", NPYArray(shape: [3, 2], values: [1, 2, 3, 4, 5, .infinity]).encoded())
        zip.add("Q1.npy", NPYArray(shape: [3], values: [7, -9999, 9]).encoded())
        zip.add("fs.npy", NPYArray(shape: [], values: [0.5]).encoded())
        zip.add("label.npy", npy("<U1", "(3,)", [UInt8](repeating: 65, count: 12)))
        zip.add("frames.npy", NPYArray(shape: [1, 2, 2], values: [1, 2, 3, 4]).encoded())
        let table = try NPZReader().table(zip.finished(), source: "log.npz")
        #expect(table.columns.map(\.name) == ["x_0", "x_1", "Q1"])
        #expect(table.times == [0, 2, 4])
        #expect(table.samplingTime == 2)
        #expect(table.column(0) == [1, 3, 5])
        #expect(table[2, 1].isNaN && table[1, 2].isNaN)
        #expect(table.textColumns == ["label"])
        #expect(table.notes.contains { $0.contains("frames") })
    }

    @Test("An archive that NumPy packed")
    func packed() throws {
        let bytes = try #require(Fixture.savezCompressed)
        let table = try NPZReader().table(bytes, source: "log.npz")
        #expect(table.columns.map(\.name) == ["T1", "Q1"])
        #expect(table.times == [0, 0.5, 1, 1.5])
        #expect(table.values == [20, 1, 20.5, 1, 21, 0, 21.5, 0])
    }

    @Test("Random changes of an archive are refused or leave the numbers as they were", arguments: 0..<4)
    func mutations(seed: Int) throws {
        let bytes = try #require(Fixture.savezCompressed)
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<500 {
            var changed = bytes
            for _ in 0...(generator.next() % 3) {
                changed[Int(generator.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            if generator.next() % 4 == 0 { changed.removeLast(Int(generator.next() % UInt64(changed.count))) }
            do {
                let table = try NPZReader().table(changed, source: "log.npz")
                for column in table.columns.indices where table.columns[column].name == "T1" {
                    #expect(table.column(column) == [20, 20.5, 21, 21.5])
                }
            } catch {
                #expect(error is ForesightError)
            }
        }
    }

    @Test("What is written is read back to the last bit")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 5)
        var episode = Episode(
            name: "x",
            channels: [
                Channel(name: "Q1", unit: "%", role: .action),
                Channel(name: "T, \"in\"", unit: "°C", role: .observation),
            ],
            samplingTime: 0.1, values: (0..<200).map { _ in generator.normal() * 1e3 }, startTime: 12)
        episode[3, 1] = .nan
        let csv = try DelimitedReader().table(Array(LogWriter.csv(episode).utf8), source: "x.csv")
        let npz = try NPZReader().table(LogWriter.npz(episode), source: "x.npz")
        for table in [csv, npz] {
            #expect(table.columns.map(\.name) == ["Q1", "T, \"in\""])
            #expect(table.values.map(\.bitPattern) == episode.values.map(\.bitPattern) || table[3, 1].isNaN)
            #expect(zip(table.values, episode.values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
            #expect(table.times == (0..<100).map { 12 + Double($0) * 0.1 })
        }
        #expect(csv.columns.map(\.unit) == ["%", "°C"])
    }
}
