import Testing
import _TestSupport

@Suite("What is typed wrongly is one line on standard error and status 64")
struct UsageErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var words: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let cases = [
        Case(arguments: ["inspct", "x.csv"], words: ["unknown command 'inspct'", "did you mean 'inspect'?"]),
        Case(arguments: ["zzz"], words: ["unknown command 'zzz'", "known are inspect"]),
        Case(arguments: ["serve"], words: ["'serve': there is no server", "plan MODEL --from - --json", "service.md"]),
        Case(arguments: ["monitor", "x.csv"], words: ["unknown command 'monitor'", "did you mean 'watch'?"]),
        Case(
            arguments: ["control", "m"],
            words: ["neither --plant nor --environment", "for a plant of your own foresight plan", "service.md"]),
        Case(arguments: ["--frobnicate"], words: ["unknown option '--frobnicate'", "see foresight --help"]),
        Case(
            arguments: ["inspect", "--observation", "T1", "x.csv"],
            words: ["'--observation'", "did you mean '--observations'?", "see foresight inspect --help"]),
        Case(arguments: ["inspect"], words: ["no log is named", "name a CSV"]),
        Case(
            arguments: ["inspect", "--delimiter", "dots", "x.csv"],
            words: ["'dots'", "--delimiter", "'comma', 'semicolon', 'tab' or 'whitespace'"]),
        Case(arguments: ["inspect", "--resample", "often", "x.csv"], words: ["'often'", "--resample"]),
        Case(arguments: ["inspect", "--resample", "0", "x.csv"], words: ["--resample 0", "above 0"]),
        Case(arguments: ["inspect", "--resample"], words: ["missing value for '--resample"]),
        Case(arguments: ["inspect", "x.csv", "epochs=3"], words: ["'epochs=3' is not a log"]),
        Case(arguments: ["simulate"], words: ["no plant is named", "heater-lab"]),
        Case(arguments: ["simulate", "heater-labb"], words: ["heater-labb", "did you mean heater-lab?"]),
        Case(arguments: ["simulate", "heater-lab", "--hours", "0"], words: ["0 samples", "choose other hours"]),
        Case(arguments: ["simulate", "heater-lab", "--hold", "9:3"], words: ["--hold 9:3", "60:600"]),
        Case(arguments: ["simulate", "heater-lab", "--span", "0:1.5"], words: ["--span 0:1.5", "0:1"]),
        Case(arguments: ["simulate", "heater-lab", "--policy", "chaos"], words: ["'chaos'", "steps", "prbs"]),
        Case(arguments: ["simulate", "heater-lab", "--seed", "-1"], words: ["'-1'", "--seed"]),
        Case(arguments: ["simulate", "heater-lab", "--sampling", "-2"], words: ["-2.0 s is not between 0 and 3600 s"]),
        Case(
            arguments: ["control", "m", "--plant", "heater-lab", "--horizon", "-5"],
            words: ["--horizon '-5' is no duration above 0", "such as 50ms"]),
        Case(
            arguments: ["control", "m", "--plant", "heater-lab", "--episodes", "-5"],
            words: ["--episodes -5 is not 1 to 100000"]),
        Case(arguments: ["inspect", "x.csv", "--json", "-5"], words: ["'--json' does not take any value", "'-5'"]),
        Case(arguments: ["simulate", "heater-lab", "--out", "log.txt"], words: ["log.txt", ".csv"]),
        Case(arguments: ["train"], words: ["no log is named", "logs:"]),
        Case(arguments: ["train", "x.csv", "epochz=3"], words: ["'epochz'", "did you mean 'epochs'?"]),
        Case(arguments: ["train", "x.csv", "epochs=0"], words: ["epochs = 0", "1 to 100000"]),
        Case(arguments: ["train", "x.csv", "epochs=many"], words: ["epochs", "a whole number", "'many'"]),
        Case(arguments: ["train", "a.yaml", "b.yaml"], words: ["a.yaml and b.yaml"]),
        Case(
            arguments: ["control", "m", "--environment", "two-rooms", "--guard-coverage", "0.9"],
            words: ["--guard-coverage is for plants"]),
        Case(
            arguments: ["control", "m", "--environment", "two-rooms", "--announce", "30min"],
            words: ["--announce is for plants"]),
        Case(
            arguments: ["control", "m", "--plant", "heater-lab", "--store", "s", "--guard-coverage", "0.9"],
            words: ["--store follows the bands of the model", "--guard-coverage 0.9"]),
        Case(
            arguments: ["plan", "m", "--now", "a.png", "--to", "b.png", "--guard-coverage", "0.9"],
            words: ["--guard-coverage 0.9 is for models of logs"]),
        Case(arguments: ["doctor", "now"], words: ["'now'", "see foresight doctor --help"]),
    ]

    @Test(arguments: cases) func isRefused(_ usage: Case) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(usage.arguments, in: folder)
            #expect(run.status == 64)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            let line = run.complaint.first ?? ""
            #expect(line.hasPrefix("foresight: "))
            for words in usage.words { #expect(line.contains(words), "'\(words)' in: \(line)") }
        }
    }

    @Test("More is said on demand") func verbose() throws {
        let run = try ForesightProcess(["inspect", "--frob", "--verbose"])
        #expect(run.status == 64)
        #expect(run.complaint.count > 1)
        #expect(run.complaint.contains { $0.contains("foresight inspect [<options>]") })
    }
}
