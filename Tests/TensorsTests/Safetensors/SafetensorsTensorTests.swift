import Basics
import Tensors
import Testing
import _TestSupport

@Suite("Tensors in safetensors files")
struct SafetensorsTensorTests {
    @Test("Each type of number comes back to the bit", arguments: SafetensorsType.allCases)
    func types(type: SafetensorsType) throws {
        try withTemporaryFolder { folder in
            let numbers: [Float] = type == .bool ? [0, 1, 1, 0, 1, 0] : [0, 1, 2, 3, 100, 7]
            let tensor = Tensor(numbers, shape: [3, 2]).to(dtype: type.dtype)
            try SafetensorsWriter.write(["t": tensor], metadata: ["seed": "1"], to: folder + "/a")
            let file = try SafetensorsFile(path: folder + "/a", checksum: .required)
            #expect(file["t"]?.type == type)
            let back = try file.tensor("t")
            #expect(back.dtype == type.dtype && back.shape == [3, 2])
            #expect(back.floats() == numbers)
        }
    }

    @Test("Views, scalars and tensors without elements are saved as what they show")
    func shapes() throws {
        try withTemporaryFolder { folder in
            let matrix = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
            let tensors = [
                "transposed": matrix.transposed(0, 1), "scalar": Tensor(scalar: 0.1, dtype: .float64),
                "none": Tensor.zeros([0, 3]), "learned": matrix.requiresGrad(),
            ]
            try SafetensorsWriter.write(tensors, to: folder + "/a")
            let back = try SafetensorsFile(path: folder + "/a").loadTensors()
            #expect(Set(back.keys) == Set(tensors.keys))
            #expect(back["transposed"]?.shape == [3, 2])
            #expect(back["transposed"]?.floats() == [1, 4, 2, 5, 3, 6])
            #expect(back["scalar"]?.shape == [] && back["scalar"]?.doubles() == [0.1])
            #expect(back["none"]?.shape == [0, 3])
            #expect(back["learned"]?.floats() == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test("A loaded tensor lives on without its file")
    func outlives() throws {
        let tensor = try withTemporaryFolder { folder in
            try SafetensorsWriter.write(["t": Tensor([1, 2, 3])], to: folder + "/a")
            return try SafetensorsFile(path: folder + "/a").tensor("t")
        }
        #expect(tensor.floats() == [1, 2, 3])
    }

    @Test("A truth value that is neither 0 nor 1, and complex numbers, are refused")
    func refused() throws {
        let odd = SafetensorsData(type: .bool, shape: [1], bytes: [3])
        let file = try SafetensorsFile(bytes: SafetensorsWriter.bytes(["odd": odd]))
        #expect(throws: ForesightError.self) { try file.tensor("odd") }
        try withTemporaryFolder { folder in
            let complex = Tensor.zeros([2], dtype: .complex64)
            let error = #expect(throws: ForesightError.self) {
                try SafetensorsWriter.write(["z": complex], to: folder + "/a")
            }
            #expect(error?.message.contains("'z' of complex64") == true)
            #expect(Folder.names(in: folder).isEmpty)
        }
    }
}
