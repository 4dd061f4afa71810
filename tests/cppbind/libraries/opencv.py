"""OpenCV: matrices over Python's memory, arithmetic, image processing, exceptions."""

import array

import cppbind as cppyy

cppyy.include("opencv2/core.hpp")
cppyy.include("opencv2/imgproc.hpp")
cppyy.load_library("opencv_core")
cppyy.load_library("opencv_imgproc")
cv, std = cppyy.gbl.cv, cppyy.gbl.std
CV_8UC1, CV_32FC1, CV_64FC1 = 0, 5, 6

memory = array.array("B", range(12))
image = cv.Mat(3, 4, CV_8UC1, memory)
assert (image.rows, image.cols, image.channels(), image.total()) == (3, 4, 1, 12)
assert image.at["uchar"](1, 2) == chr(6)             # char and its kin are characters
image += cv.Scalar(1)
assert memory[0] == 1 and memory[11] == 12
twice = cv.Mat(image * 2 - cv.Scalar(1))
assert twice.at["uchar"](0, 0) == chr(1) and cv.sum(image)[0] == 78.0
assert cv.countNonZero(image > 6) == 6
part = image(cv.Rect(1, 1, 2, 2))
assert part.size() == cv.Size(2, 2) and not part.isContinuous()
part.setTo(cv.Scalar(0))
assert memory.tolist() == [1, 2, 3, 4, 5, 0, 0, 8, 9, 0, 0, 12]


a = cv.Mat(cv.Mat.eye(3, 3, CV_64FC1))
b = cv.Mat(a * 4.0)
assert cv.determinant(b) == 64.0 and cv.trace(b)[0] == 12.0
assert cv.norm(cv.Mat(b.inv() * b) - a) < 1e-12
assert cv.countNonZero(cv.Mat(b.t()) != b) == 0

gray = cv.Mat.zeros(40, 40, CV_8UC1)
gray = cv.Mat(gray)
cv.rectangle(gray, cv.Rect(10, 10, 20, 20), cv.Scalar(255), -1)
assert cv.countNonZero(gray) == 400
smooth = cv.Mat()
cv.GaussianBlur(gray, smooth, cv.Size(5, 5), 1.5)
assert smooth.size() == gray.size() and chr(0) < smooth.at["uchar"](9, 20) < chr(255)
contours = std.vector["std::vector<cv::Point>"]()
cv.findContours(gray, contours, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
assert [(p.x, p.y) for p in contours[0]] == [(10, 10), (10, 29), (29, 29), (29, 10)]
assert cv.boundingRect(contours[0]) == cv.Rect(10, 10, 20, 20) and cv.contourArea(contours[0]) == 361.0

try:
    cv.Mat(cv.Mat.zeros(2, 3, CV_64FC1) * cv.Mat.zeros(2, 3, CV_64FC1))
except cv.Exception as reason:
    assert "a_size.width == len" in str(reason)
else:
    raise AssertionError("the sizes do not fit")
