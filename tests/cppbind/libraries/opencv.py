"""OpenCV: matrices over Python's memory, arithmetic, image processing, exceptions."""

import array

import cppbind as cppyy

cppyy.add_include_path("/usr/include/opencv4")
cppyy.include("opencv2/core.hpp")
cppyy.include("opencv2/imgproc.hpp")
cppyy.load_library("opencv_core")
cppyy.load_library("opencv_imgproc")
cv, std = cppyy.gbl.cv, cppyy.gbl.std
CV_8UC1, CV_32FC1, CV_64FC1 = 0, 5, 6

memory = array.array("B", range(12))
image = cv.Mat(3, 4, CV_8UC1, memory)
assert (image.rows, image.cols, image.channels(), image.total()) == (3, 4, 1, 12)
assert image.at["unsigned char"](1, 2) == 6
image += cv.Scalar(1)
assert memory[0] == 1 and memory[11] == 12
twice = cv.Mat(image * 2 - cv.Scalar(1))
assert twice.at["uchar"](0, 0) == 1 and cv.sum(image)[0] == 78.0
assert cv.countNonZero(image > 6) == 6
part = image(cv.Rect(1, 1, 2, 2))
assert part.size() == cv.Size(2, 2) and not part.isContinuous()
part.setTo(cv.Scalar(0))
assert memory.tolist() == [1, 2, 3, 4, 5, 0, 0, 8, 9, 0, 0, 12]

low, high, place = cppyy.ctypes.c_double() if hasattr(cppyy, "ctypes") else None, None, None
a = cv.Mat.eye(3, 3, CV_64FC1)
a = cv.Mat(a)
a.at["double"](0, 1)
