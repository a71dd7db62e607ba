import Basics
import Testing
import _TestSupport

@Suite("doctor says what is set up")
struct DoctorTests {
    @Test("A library that is not there is status 1 and one line that says what to run") func missing() throws {
        let run = try ForesightProcess(["doctor"], environment: ["FORESIGHT_TORCH_SHIM": "/nowhere/libctorch.so"])
        #expect(run.status == 1)
        #expect(run.output.contains("libtorch"))
        #expect(run.output.contains("not there"))
        #expect(run.complaint.count == 1)
        #expect(run.complaint.first?.contains("/nowhere/libctorch.so") == true)
        #expect(run.complaint.first?.contains("make setup") == true)
    }

    @Test("JSON names version, devices and threads where libtorch is set up") func found() throws {
        let run = try ForesightProcess(["doctor", "--json"])
        let report = try JSONParser.parse(run.output)
        #expect(report["foresight"]?.string == Version.foresight)
        #expect((report["cores"]?.int ?? 0) >= 1)
        guard run.status == 0 else {
            #expect(report["libtorch"] == .null)
            return
        }
        #expect(report["libtorch"]?.string?.isEmpty == false)
        #expect(report["devices"]?.array?.contains("cpu") == true)
        #expect((report["threads"]?.int ?? 0) >= 1)
    }
}
