import Basics
import CHDF5

/// An HDF5 file, open for reading.
final class HDF5File: Sendable {
    let path: String
    private let file: HDF5Identifier

    /// Opens a file.
    ///
    /// - Throws: `ForesightError.data` when it is none or cannot be read, `.unavailable` without the library.
    init(path: String) throws {
        // Says what is wrong with the path better than the library does.
        _ = try MappedFile(path: path)
        _ = try HDF5Library.path()
        self.path = path
        file = try HDF5Library.locked {
            try HDF5Identifier(
                ch_H5Fopen(path, 0, 0), close: { ch_H5Fclose($0) },
                orThrow: .data("\(path) is not an HDF5 file, or not a whole one", remedy: "copy the file again"))
        }
    }

    /// What stands under a name.
    enum Node {
        case group([String])
        case dataset(HDF5Array)
        case other
    }

    /// Opens what stands under a path in the file, such as `/episode_0/actions`, and is known to be there.
    ///
    /// - Throws: `ForesightError.data` for what cannot be read.
    func node(_ name: String) throws -> Node {
        try HDF5Library.locked {
            let problem = ForesightError.data(
                "\(path): \(name) cannot be opened by HDF5 \(HDF5Library.versionText)",
                remedy: "copy the file again, or let FORESIGHT_HDF5 name a newer library such as that of h5py")
            let object = try HDF5Identifier(
                ch_H5Oopen(file.id, name, 0), close: { ch_H5Oclose($0) }, orThrow: problem)
            switch ch_H5Iget_type(object.id) {
            case 2: return .group(try names(in: object, problem: problem))
            case 5: return .dataset(try HDF5Array(object, source: path, name: name))
            default: return .other
            }
        }
    }

    /// The names in the file's root.
    func names() throws -> [String] {
        guard case .group(let names) = try node("/") else { return [] }
        return names
    }

    private func names(in group: HDF5Identifier, problem: ForesightError) throws -> [String] {
        var info = ch_group_info()
        guard ch_H5Gget_info(group.id, &info) >= 0 else { throw problem }
        return try (0..<info.links).map { index in
            // By name, upwards.
            let length = ch_H5Lget_name_by_idx(group.id, ".", 0, 0, index, nil, 0, 0)
            guard length >= 0 else { throw problem }
            var name = [CChar](repeating: 0, count: length + 1)
            guard ch_H5Lget_name_by_idx(group.id, ".", 0, 0, index, &name, name.count, 0) >= 0 else { throw problem }
            return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
