import Basics
import Foundation
import Testing
import _TestSupport

@testable import Tensors

@Suite struct EngineTests {
    @Test("The engine loads, says its version, and tests use one thread")
    func loading() throws {
        try Engine.load()
        #expect(Engine.version.hasPrefix("2."))
        #expect(Engine.threads == 1)
    }

    @Test("Without a library the error says where was looked and what to run")
    func missing() throws {
        let outcome = SetupLibrary.torch.load(named: nil, orAt: ["/nowhere/.torch/lib/libctorch.so"])
        let problem = try #require(outcome.problem)
        #expect(outcome.path == nil)
        #expect(problem.code == .unavailable)
        #expect(problem.message.hasPrefix("libtorch is not set up: no .torch/lib/libctorch."))
        #expect(problem.remedy == "run make setup in the package")
    }

    @Test("The kernels have a library of their own")
    func kernels() throws {
        try Kernels.load()
        #expect(Kernels.location?.contains("libkernels.") == true)
        let problem = try #require(SetupLibrary.kernels.load(named: nil, orAt: []).problem)
        #expect(problem.message.hasPrefix("the compiled kernels are not set up: no .torch/lib/libkernels."))
    }

    @Test("A file that is no library is reported with the loader's words, and what was loaded stays")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/damaged"
            try Data("not a library".utf8).write(to: URL(fileURLWithPath: path))
            let found = try #require(SetupLibrary.torch.load(named: nil, orAt: ["/nowhere", path]).problem)
            #expect(found.message.hasPrefix("libtorch is set up at \(path) but does not load: "))
            let named = try #require(SetupLibrary.torch.load(named: path, orAt: []).problem)
            #expect(named.message.hasPrefix("FORESIGHT_TORCH_SHIM names \(path), which does not load: "))
        }
        #expect((Tensor([1]) + 1).item() == 2)
    }

    @Test(
        "A library is looked for above the executable, the current folder and the sources",
        arguments: [SetupLibrary.torch, .kernels])
    func candidates(library: SetupLibrary) {
        let paths = library.candidates()
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let name = "/.torch/lib/" + library.fileName
        #expect(paths.contains(package + name))
        #expect(paths.contains(FileManager.default.currentDirectoryPath + name))
        #expect(paths.contains(name))
        #expect(Set(paths).count == paths.count)
    }

    @Test("Devices are read as people write them")
    func devices() throws {
        #expect(try Device("cpu") == .cpu)
        #expect(try Device("CUDA") == .cuda(0))
        #expect(try Device("cuda:3") == .cuda(3))
        #expect(try Device("mps") == .mps)
        for device in [Device.cpu, .mps, .cuda(2)] { #expect(try Device("\(device)") == device) }
        for wrong in ["gpu", "cuda:", "cuda:-1", "cuda:x", ""] {
            let error = #expect(throws: ForesightError.self) { try Device(wrong) }
            #expect(error?.code == .usage)
            #expect(error?.message == "unknown device '\(wrong)'")
        }
    }

    @Test("A device that is not there is refused with what is there instead")
    func absentDevices() throws {
        try Device.cpu.requireAvailable()
        #expect(try Device.cpu.isAvailable)
        let error = #expect(throws: ForesightError.self) { try Device.cuda(4096).requireAvailable() }
        #expect(error?.code == .usage)
        #expect(error?.message.hasPrefix("device cuda:4096 is not available") == true)
        #expect(error?.remedy.isEmpty == false)
        #if os(Linux)
            let metal = #expect(throws: ForesightError.self) { try Device.mps.requireAvailable() }
            #expect(metal?.remedy == "use --device cpu")
        #endif
    }
}
