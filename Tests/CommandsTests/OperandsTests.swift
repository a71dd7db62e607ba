import Basics
import Testing

@testable import Commands

@Suite("Operands are logs, one configuration and settings")
struct OperandsTests {
    @Test("Any order") func sorts() throws {
        let operands = try Operands(
            ["a.csv", "epochs=20", "train.yaml", "logs/", "model.width=64", "channels[0].name=T1"],
            exists: { _ in false })
        #expect(operands.logs == ["a.csv", "logs/"])
        #expect(operands.configuration == "train.yaml")
        #expect(operands.overrides == ["epochs=20", "model.width=64", "channels[0].name=T1"])
    }

    @Test("A file with an equals sign in its name is a log") func fileWithEqualsSign() throws {
        let operands = try Operands(["day=1", "day=2"], exists: { $0 == "day=1" })
        #expect(operands.logs == ["day=1"])
        #expect(operands.overrides == ["day=2"])
    }

    @Test("A path with an equals sign in a folder is a log") func pathWithEqualsSign() throws {
        #expect(try Operands(["/data/day=1/*.csv"], exists: { _ in false }).logs == ["/data/day=1/*.csv"])
    }

    @Test("Values keep their further equals signs") func goal() throws {
        #expect(try Operands(["goal=T1 <= 5"], exists: { _ in false }).overrides == ["goal=T1 <= 5"])
    }

    @Test("Two configurations are refused") func twoConfigurations() {
        #expect(
            throws: ForesightError.usage(
                "two configurations are named, a.yaml and b.yml", remedy: "keep one of them")
        ) {
            try Operands(["a.yaml", "b.yml"], exists: { _ in false })
        }
    }
}
