# An interpreter without what depends on time, chance or addresses. Compiled quickly: it is for the generated files only.
MRuby::Build.new do |conf|
  conf.toolchain :gcc
  conf.cc.flags = %w[-O0 -w]
  %w[compiler bin-mruby print catch sprintf math struct fiber enumerator enum-ext array-ext hash-ext string-ext proc-ext
     range-ext object-ext].each { |gem| conf.gem core: "mruby-#{gem}" }
end
