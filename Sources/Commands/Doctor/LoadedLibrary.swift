import Foundation

#if canImport(Darwin)
    import MachO
#endif

/// Where the shared libraries of this process come from.
enum LoadedLibrary {
    /// The folder of a loaded library, such as `libtorch_cpu`; `nil` when it is not loaded or the system does not say.
    static func folder(of name: String) -> String? {
        paths().first { ($0 as NSString).lastPathComponent.hasPrefix(name + ".") }
            .map { ($0 as NSString).deletingLastPathComponent }
    }

    private static func paths() -> [String] {
        #if canImport(Darwin)
            return (0..<_dyld_image_count()).compactMap { _dyld_get_image_name($0).map { String(cString: $0) } }
        #else
            guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return [] }
            return maps.split(separator: "\n").compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) }
            }
        #endif
    }
}
