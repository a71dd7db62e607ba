import Basics
import Episodes
import Foundation
import Records
import Tensors
import WorldModels

extension TrainCommand {
    /// The configuration of a training from pictures, where that is what was asked for; `nil` for logs.
    ///
    /// - Throws: `ForesightError.usage` where pictures stand among other things, or a setting does not exist.
    func pictures(_ operands: Operands, former: RunFolder?) throws -> PictureConfiguration? {
        var overrides = operands.overrides
        if let threads { overrides.append("threads=\(threads)") }
        if let device { overrides.append("device=\(device)") }
        let file = former?.file(TrainSession.configurationName) ?? operands.configuration
        if let file, FileManager.default.fileExists(atPath: file) {
            let isPictures = try InputFile.text(file).split(separator: "\n").contains { $0.hasPrefix("pictures:") }
            if isPictures {
                if former != nil, let log = operands.logs.first ?? operands.configuration {
                    throw ForesightError.usage(
                        "\(log) is named, and a resumed run keeps its own", remedy: "leave it out, or start a new run")
                }
                var configuration = try PictureConfiguration.load(file: file, overrides: overrides)
                if let path = operands.logs.first { configuration.pictures = path }
                return configuration
            }
        }
        guard former == nil, let index = operands.logs.firstIndex(where: { FrameFormat.of($0) != nil }) else {
            return nil
        }
        guard operands.logs.count == 1 else {
            throw ForesightError.usage(
                "\(operands.logs[index]) holds pictures, and other logs are named with it",
                remedy: "train on one data set of pictures at a time; foresight convert joins none")
        }
        var configuration = try PictureConfiguration.load(file: operands.configuration, overrides: overrides)
        configuration.pictures = operands.logs[index]
        return configuration
    }

    /// Trains from pictures.
    func train(_ configuration: PictureConfiguration, former: RunFolder?) throws {
        if printConfig { return print(configuration.yaml(commented: true), terminator: "") }
        guard FrameFormat.of(configuration.pictures) != nil else {
            throw ForesightError.data(
                "there are no recorded pictures at '\(configuration.pictures)'",
                remedy: "name an .npz or .h5 file or a folder of pictures; foresight simulate two-rooms records one")
        }
        if former == nil, let out = output.out, !Folder.names(in: out).isEmpty {
            throw ForesightError.usage(
                "the run folder \(out) is not empty", remedy: "go on with it by --resume \(out), or name another")
        }
        try Engine.load()
        let device = try Device(configuration.device)
        try device.requireAvailable()
        Engine.threads = configuration.threads
        let name = URL(fileURLWithPath: configuration.pictures).deletingPathExtension().lastPathComponent
        let session = PictureSession(configuration: configuration, device: device, talk: talking.talk)
        let result = try session.run(former: former) {
            try output.folder(
                task: "train", configuration: name, seed: UInt64(max(0, configuration.training.seed)))
        }
        talking.report(result.json, text: result.text)
    }
}
