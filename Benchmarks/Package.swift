// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "foresight", path: "..")],
    targets: [
        .executableTarget(
            name: "engine-benchmark", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/EngineBenchmark"),
        .executableTarget(
            name: "training-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/TrainingSpeed"),
        .executableTarget(
            name: "picture-training-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/PictureTrainingSpeed"),
        .executableTarget(
            name: "world-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/WorldSpeed"),
        .executableTarget(
            name: "plan-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/PlanSpeed"),
        .executableTarget(
            name: "picture-plan-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/PicturePlanSpeed"),
        .executableTarget(
            name: "csv-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/CSVSpeed"),
        .executableTarget(
            name: "control-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/ControlSpeed"),
        .executableTarget(
            name: "bench-page", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/BenchPage"),
        .executableTarget(
            name: "loader-speed", dependencies: [.product(name: "Foresight", package: "foresight")],
            path: "Sources/LoaderSpeed"),
    ],
    swiftLanguageModes: [.v6]
)
