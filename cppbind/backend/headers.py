"""Which header of the standard library has a name of `std`: included when a program mentions it."""

from ffi.pattern import Pattern

NAMES = {
    "algorithm": "sort stable_sort find find_if count count_if max_element min_element copy transform reverse unique fill remove lower_bound upper_bound "
                 "binary_search for_each all_of any_of none_of min max clamp shuffle rotate equal accumulate_if partial_sort nth_element",
    "any": "any any_cast make_any bad_any_cast", "array": "array to_array", "atomic": "atomic atomic_flag memory_order", "bitset": "bitset",
    "chrono": "chrono", "cmath": "sqrt pow sin cos tan exp log log10 floor ceil fabs hypot atan2 isnan isinf lround",
    "compare": "strong_ordering weak_ordering partial_ordering", "complex": "complex norm polar conj",
    "concepts": "same_as derived_from convertible_to integral floating_point", "cstddef": "size_t ptrdiff_t nullptr_t byte max_align_t",
    "cstdint": "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t", "cstring": "strlen memcpy memset strcmp", 
    "cstdlib": "abs getenv strtol rand srand div",
    "deque": "deque", "exception": "exception exception_ptr current_exception rethrow_exception terminate bad_exception nested_exception",
    "filesystem": "filesystem", "forward_list": "forward_list", "fstream": "ifstream ofstream fstream basic_ifstream basic_ofstream",
    "functional": "function plus minus multiplies divides less greater less_equal greater_equal equal_to hash bind ref cref reference_wrapper invoke mem_fn",
    "future": "future promise async shared_future packaged_task", "initializer_list": "initializer_list", "iomanip": "setw setprecision setfill",
    "ios": "ios ios_base", "iostream": "cout cerr cin clog endl flush", "istream": "istream basic_istream",
    "iterator": "iterator_traits back_inserter distance advance next prev begin end istream_iterator ostream_iterator reverse_iterator",
    "limits": "numeric_limits", "list": "list", "locale": "locale", "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared allocator allocator_traits addressof enable_shared_from_this default_delete "
              "static_pointer_cast dynamic_pointer_cast", "mutex": "mutex lock_guard unique_lock recursive_mutex once_flag call_once scoped_lock",
    "new": "bad_alloc nothrow", "numeric": "accumulate iota inner_product partial_sum gcd lcm reduce", "optional": "optional nullopt make_optional nullopt_t",
    "ostream": "ostream basic_ostream", "queue": "queue priority_queue", "random": "mt19937 random_device uniform_int_distribution normal_distribution",
    "ranges": "ranges views", "ratio": "ratio", "regex": "regex regex_match regex_search smatch", "set": "set multiset",
    "sstream": "stringstream ostringstream istringstream basic_stringstream basic_ostringstream stringbuf", "span": "span", "stack": "stack",
    "stdexcept": "runtime_error logic_error invalid_argument domain_error length_error out_of_range range_error overflow_error underflow_error",
    "string": "string wstring u8string u16string u32string basic_string char_traits to_string to_wstring stoi stol stod stoul getline",
    "string_view": "string_view wstring_view u8string_view u16string_view u32string_view basic_string_view", "system_error": "error_code system_error errc",
    "thread": "thread this_thread jthread", "tuple": "tuple make_tuple tie forward_as_tuple tuple_size tuple_element tuple_cat get apply",
    "type_traits": "true_type false_type integral_constant enable_if is_same is_integral is_base_of decay remove_reference conditional conditional_t "
                   "enable_if_t decay_t is_same_v is_pointer is_class is_constructible common_type void_t",
    "typeindex": "type_index", "typeinfo": "type_info bad_cast bad_typeid", "unordered_map": "unordered_map unordered_multimap",
    "unordered_set": "unordered_set unordered_multiset", "utility": "pair make_pair move forward swap exchange declval index_sequence integer_sequence in_place",
    "valarray": "valarray", "variant": "variant get_if holds_alternative visit monostate bad_variant_access variant_size", "vector": "vector",
}
header_of = {}                                         # name: header; made when it is needed
MENTIONS = Pattern(r"\bstd\s*::\s*(\w+)")


def headers(text):
    """The headers that the names of `std` in a text need."""
    if text == "std":
        return ["cstddef"]
    if "std" not in text:
        return ()
    if not header_of:
        header_of.update((name, header) for header, names in NAMES.items() for name in names.split())
    return list(dict.fromkeys(header_of[name] for name in MENTIONS.findall(text) if name in header_of))
