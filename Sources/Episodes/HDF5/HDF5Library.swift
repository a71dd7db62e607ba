public import Basics
import CHDF5
import Foundation

/// The HDF5 library, loaded when it is first needed.
///
/// Looked for where `FORESIGHT_HDF5` says; in h5py, which set-up installs beside libtorch; and among the system's
/// libraries. Not every build of it may be called from several threads, so that all calls are made one at a time.
public enum HDF5Library {
    /// The path of the library that is in use.
    ///
    /// - Throws: `ForesightError.unavailable` when there is none, with what brings one.
    public static func path() throws(ForesightError) -> String { try outcome.get() }

    /// The version of the library that is in use, such as 1.14.6.
    ///
    /// - Throws: `ForesightError.unavailable` when there is none.
    public static func version() throws(ForesightError) -> String {
        _ = try path()
        return versionText
    }

    /// The version of the library, which must have been loaded.
    static var versionText: String {
        var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
        locked { _ = ch_H5get_libversion(&major, &minor, &release) }
        return "\(major).\(minor).\(release)"
    }

    private static let outcome = RunTimeLibrary.load(
        "FORESIGHT_HDF5", candidates: candidates,
        missing: ForesightError(
            .unavailable, "HDF5 files need the library libhdf5, which is not there",
            remedy: remedy)
    ) { path in ch_load(path).map { String(cString: $0) } }

    #if os(macOS)
        static let remedy = "run make setup, or brew install hdf5"
    #else
        static let remedy = "run make setup, or sudo apt-get install libhdf5-103-1"
    #endif

    private static func candidates() -> [String] {
        #if os(macOS)
            RunTimeLibrary.installed(in: "h5py/.dylibs", prefix: "libhdf5.") + [
                "/opt/homebrew/lib/libhdf5.dylib", "/usr/local/lib/libhdf5.dylib", "libhdf5.dylib",
            ]
        #else
            RunTimeLibrary.installed(in: "h5py.libs", prefix: "libhdf5-") + [
                "libhdf5_serial.so.310", "libhdf5_serial.so.103", "libhdf5_serial.so", "libhdf5.so.320",
                "libhdf5.so.310", "libhdf5.so.200", "libhdf5.so.103", "libhdf5.so",
            ]
        #endif
    }

    // Recursive, since an identifier that goes out of use within a call is closed in it.
    private static let lock = NSRecursiveLock()

    /// Runs calls of the library with no other thread in it; the library must have been loaded.
    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}

/// An identifier of the library, closed when it goes out of use.
final class HDF5Identifier: Sendable {
    let id: ch_id
    private let close: @Sendable (ch_id) -> Int32

    /// Takes over what a call returned.
    ///
    /// - Throws: the problem when the call failed.
    init(_ id: ch_id, close: @escaping @Sendable (ch_id) -> Int32, orThrow problem: @autoclosure () -> ForesightError)
        throws
    {
        guard id >= 0 else { throw problem() }
        self.id = id
        self.close = close
    }

    deinit { HDF5Library.locked { _ = close(id) } }
}
