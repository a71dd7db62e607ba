public import Basics

/// The libraries and the program that files of pictures need, and whether they are there.
public enum FrameLibraries {
    /// One of them.
    public struct Finding: Sendable {
        /// What it is called.
        public var name: String
        /// What needs it.
        public var use: String
        /// Where it is, or what is wrong and what to do.
        public var place: Result<String, ForesightError>
    }

    /// All of them, looked for and loaded now.
    public static func findings() -> [Finding] {
        [
            Finding(name: "libhdf5", use: "HDF5 files", place: result { try HDF5Library.path() }),
            Finding(name: "libpng", use: "PNG pictures", place: ImageDecoder.place(.png)),
            Finding(name: "TurboJPEG", use: "JPEG pictures", place: ImageDecoder.place(.jpeg)),
            Finding(name: "ffmpeg", use: "films", place: result { try FilmTool.path() }),
        ]
    }

    private static func result(_ find: () throws -> String) -> Result<String, ForesightError> {
        do {
            return .success(try find())
        } catch let error as ForesightError {
            return .failure(error)
        } catch {
            return .failure(ForesightError(.unavailable, "\(error)"))
        }
    }
}
